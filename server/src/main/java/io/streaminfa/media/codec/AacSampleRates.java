package io.streaminfa.media.codec;

/** AAC's table of sampling frequencies (ISO/IEC 14496-3, table 1.18). */
final class AacSampleRates {
  private AacSampleRates() {}

  /** Hz; 0 for the reserved indices. */
  static int ofIndex(int index) {
    return switch (index) {
      case 0 -> 96_000;
      case 1 -> 88_200;
      case 2 -> 64_000;
      case 3 -> 48_000;
      case 4 -> 44_100;
      case 5 -> 32_000;
      case 6 -> 24_000;
      case 7 -> 22_050;
      case 8 -> 16_000;
      case 9 -> 12_000;
      case 10 -> 11_025;
      case 11 -> 8_000;
      case 12 -> 7_350;
      default -> 0;
    };
  }

  /** -1 for a rate that is not in the table. */
  static int indexOf(int sampleRate) {
    for (int index = 0; index <= 12; index++) {
      if (ofIndex(index) == sampleRate) {
        return index;
      }
    }
    return -1;
  }
}
