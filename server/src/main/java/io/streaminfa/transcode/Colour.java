package io.streaminfa.transcode;

/**
 * How the numbers of a picture are meant, in the code points of ISO/IEC 23091-2 (ITU-T H.273); 2 is
 * "unspecified".
 */
public record Colour(int primaries, int transfer, int matrix) {
  /** How far the picture's brightness reaches. */
  public enum DynamicRange {
    SDR,
    /** SMPTE ST 2084, as HDR10 has it. */
    PQ,
    /** ARIB STD-B67. */
    HLG
  }

  /** What high dynamic range and wide gamut are brought to. */
  public static final Colour BT709 = new Colour(1, 1, 1);

  public static final int UNSPECIFIED = 2;

  private static final int PRIMARIES_BT2020 = 9;
  private static final int TRANSFER_PQ = 16;
  private static final int TRANSFER_HLG = 18;

  public DynamicRange range() {
    return switch (transfer) {
      case TRANSFER_PQ -> DynamicRange.PQ;
      case TRANSFER_HLG -> DynamicRange.HLG;
      default -> DynamicRange.SDR;
    };
  }

  /** Whether 8 bits of H.264 as every player takes them cannot show it as it is. */
  public boolean isConverted() {
    return range() != DynamicRange.SDR || primaries == PRIMARIES_BT2020;
  }

  /** What the renditions of such a picture carry. */
  public Colour delivered() {
    return isConverted() ? BT709 : this;
  }
}
