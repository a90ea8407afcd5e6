package io.streaminfa.media.codec;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.BitReader;
import org.jspecify.annotations.Nullable;

/**
 * H.264's video usability information up to its timing (ISO/IEC 14496-10, E.1.1); what follows
 * there speaks to decoders only.
 *
 * @param sampleAspectRatio null when unspecified
 * @param fullRange {@code video_full_range_flag}
 * @param colour null when unspecified
 * @param timing null when the set has none
 */
public record VideoUsability(
    @Nullable Ratio sampleAspectRatio,
    boolean fullRange,
    @Nullable Colour colour,
    @Nullable Timing timing) {

  /** Width to height of one sample, both at least 1. */
  public record Ratio(int width, int height) {}

  /** The code points of ISO/IEC 23091-2. */
  public record Colour(int primaries, int transfer, int matrix) {}

  /**
   * A field lasts {@code unitsInTick / timeScale} seconds.
   *
   * @param unitsInTick at least 1
   * @param timeScale at least 1
   */
  public record Timing(long unitsInTick, long timeScale, boolean fixedFrameRate) {}

  private static final int EXTENDED_SAR = 255;

  static VideoUsability parse(BitReader bits) throws MediaFormatException {
    Ratio sampleAspectRatio = bits.readFlag() ? readRatio(bits) : null;
    if (bits.readFlag()) { // overscan_info_present_flag
      bits.skipBits(1);
    }
    boolean fullRange = false;
    Colour colour = null;
    if (bits.readFlag()) { // video_signal_type_present_flag
      bits.skipBits(3); // video_format
      fullRange = bits.readFlag();
      if (bits.readFlag()) {
        colour = new Colour((int) bits.readBits(8), (int) bits.readBits(8), (int) bits.readBits(8));
      }
    }
    if (bits.readFlag()) { // chroma_loc_info_present_flag
      SequenceParameterSet.readUpTo(bits, 5, "chroma_sample_loc_type_top_field");
      SequenceParameterSet.readUpTo(bits, 5, "chroma_sample_loc_type_bottom_field");
    }
    return new VideoUsability(
        sampleAspectRatio, fullRange, colour, bits.readFlag() ? readTiming(bits) : null);
  }

  private static @Nullable Ratio readRatio(BitReader bits) throws MediaFormatException {
    int index = (int) bits.readBits(8);
    Ratio ratio =
        index == EXTENDED_SAR
            ? new Ratio((int) bits.readBits(16), (int) bits.readBits(16))
            : ratioOf(index);
    boolean unspecified = ratio.width == 0 || ratio.height == 0;
    return unspecified ? null : ratio;
  }

  /** Table E-1; what it reserves is as unspecified as its 0. */
  private static Ratio ratioOf(int index) {
    return switch (index) {
      case 1 -> new Ratio(1, 1);
      case 2 -> new Ratio(12, 11);
      case 3 -> new Ratio(10, 11);
      case 4 -> new Ratio(16, 11);
      case 5 -> new Ratio(40, 33);
      case 6 -> new Ratio(24, 11);
      case 7 -> new Ratio(20, 11);
      case 8 -> new Ratio(32, 11);
      case 9 -> new Ratio(80, 33);
      case 10 -> new Ratio(18, 11);
      case 11 -> new Ratio(15, 11);
      case 12 -> new Ratio(64, 33);
      case 13 -> new Ratio(160, 99);
      case 14 -> new Ratio(4, 3);
      case 15 -> new Ratio(3, 2);
      case 16 -> new Ratio(2, 1);
      default -> new Ratio(0, 0);
    };
  }

  private static @Nullable Timing readTiming(BitReader bits) throws MediaFormatException {
    long unitsInTick = bits.readBits(32);
    long timeScale = bits.readBits(32);
    boolean fixedFrameRate = bits.readFlag();
    if (unitsInTick == 0 || timeScale == 0) {
      return null; // "shall be greater than 0", but encoders write zeros for "unknown".
    }
    return new Timing(unitsInTick, timeScale, fixedFrameRate);
  }
}
