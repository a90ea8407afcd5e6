package io.streaminfa.transcode;

import io.streaminfa.units.Bitrate;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;

/** The levels of ISO/IEC 14496-10, Table A-1, lowest first. */
enum H264Level {
  L1("1.0", 1_485, 99, 64),
  L1_1("1.1", 3_000, 396, 192),
  L1_2("1.2", 6_000, 396, 384),
  L1_3("1.3", 11_880, 396, 768),
  L2("2.0", 11_880, 396, 2_000),
  L2_1("2.1", 19_800, 792, 4_000),
  L2_2("2.2", 20_250, 1_620, 4_000),
  L3("3.0", 40_500, 1_620, 10_000),
  L3_1("3.1", 108_000, 3_600, 14_000),
  L3_2("3.2", 216_000, 5_120, 20_000),
  L4("4.0", 245_760, 8_192, 20_000),
  L4_1("4.1", 245_760, 8_192, 50_000),
  L4_2("4.2", 522_240, 8_704, 50_000),
  L5("5.0", 589_824, 22_080, 135_000),
  L5_1("5.1", 983_040, 36_864, 240_000),
  L5_2("5.2", 2_073_600, 36_864, 240_000),
  L6("6.0", 4_177_920, 139_264, 240_000),
  L6_1("6.1", 8_355_840, 139_264, 480_000),
  L6_2("6.2", 16_711_680, 139_264, 800_000);

  private static final int MACROBLOCK_PIXELS = 16;

  private final String number;
  private final long maxMacroblocksPerSecond;
  private final long maxFrameMacroblocks;
  private final long maxBitrateKbps;

  H264Level(
      String number, long maxMacroblocksPerSecond, long maxFrameMacroblocks, long maxBitrateKbps) {
    this.number = number;
    this.maxMacroblocksPerSecond = maxMacroblocksPerSecond;
    this.maxFrameMacroblocks = maxFrameMacroblocks;
    this.maxBitrateKbps = maxBitrateKbps;
  }

  /** As in the settings: {@code 4.1}; {@code 4} is {@code 4.0}. */
  static H264Level parse(String number) {
    for (H264Level level : values()) {
      if (level.number.equals(number) || level.number.equals(number + ".0")) {
        return level;
      }
    }
    throw new IllegalArgumentException("not an H.264 level: " + number);
  }

  /** This level, or the lowest one above it that admits such pictures; 6.2 when none does. */
  H264Level raisedFor(Resolution size, FrameRate rate, Bitrate maxrate) {
    for (H264Level level : values()) {
      if (level.compareTo(this) >= 0 && level.admits(size, rate, maxrate)) {
        return level;
      }
    }
    return L6_2;
  }

  String number() {
    return number;
  }

  private boolean admits(Resolution size, FrameRate rate, Bitrate maxrate) {
    long widthMacroblocks = macroblocks(size.width());
    long heightMacroblocks = macroblocks(size.height());
    long frame = widthMacroblocks * heightMacroblocks;
    // A.3.1 f) and g): PicWidthInMbs and FrameHeightInMbs <= Sqrt(MaxFS * 8).
    long longest = Math.max(widthMacroblocks, heightMacroblocks);
    return frame <= maxFrameMacroblocks
        && longest * longest <= maxFrameMacroblocks * 8
        && frame * rate.numerator() <= maxMacroblocksPerSecond * rate.denominator()
        && maxrate.bitsPerSecond() <= maxBitrateKbps * 1000;
  }

  private static long macroblocks(int pixels) {
    return Math.ceilDiv(pixels, MACROBLOCK_PIXELS);
  }
}
