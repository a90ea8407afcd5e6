package io.streaminfa.media.codec;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.BitReader;
import io.streaminfa.units.Resolution;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * H.264's sequence parameter set (ISO/IEC 14496-10, 7.3.2.1.1): what a picture of the stream is.
 *
 * @param id 0 to 31
 * @param profile {@code profile_idc}
 * @param constraints the byte behind it: six {@code constraint_set} flags and two zero bits
 * @param level {@code level_idc}, ten times the level
 * @param chromaFormat 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4
 * @param bitDepthLuma 8 to 14
 * @param bitDepthChroma 8 to 14
 * @param maxReferenceFrames 0 to 16
 * @param codedSize whole macroblocks
 * @param size after cropping
 * @param progressive {@code frame_mbs_only_flag}
 * @param usability null when the set has none
 */
public record SequenceParameterSet(
    int id,
    int profile,
    int constraints,
    int level,
    int chromaFormat,
    int bitDepthLuma,
    int bitDepthChroma,
    int maxReferenceFrames,
    Resolution codedSize,
    Resolution size,
    boolean progressive,
    @Nullable VideoUsability usability) {

  private static final String TRUNCATED = "sps_truncated";

  /**
   * Twice the widest picture that any level allows, in macroblocks; the arithmetic stays in int.
   */
  private static final int MAX_EDGE_MACROBLOCKS = 4096;

  /**
   * @param unit a NAL unit of type 7 with its header byte
   * @throws MediaFormatException.Malformed {@code sps_truncated}, {@code sps_invalid}
   */
  public static SequenceParameterSet parse(ByteBuffer unit) throws MediaFormatException {
    if (NalUnits.type(unit) != NalUnits.SEQUENCE_PARAMETER_SET) {
      throw invalid("not a sequence parameter set");
    }
    BitReader bits = new BitReader(NalUnits.unescape(unit), TRUNCATED);
    bits.skipBits(8);
    int profile = (int) bits.readBits(8);
    int constraints = (int) bits.readBits(8);
    int level = (int) bits.readBits(8);
    int id = readUpTo(bits, 31, "seq_parameter_set_id");
    Samples samples = isHighProfile(profile) ? readSamples(bits) : Samples.MAIN;
    readUpTo(bits, 12, "log2_max_frame_num_minus4");
    skipPictureOrderCount(bits);
    int maxReferenceFrames = readUpTo(bits, 16, "max_num_ref_frames");
    bits.skipBits(1); // gaps_in_frame_num_value_allowed_flag
    int widthMacroblocks = readUpTo(bits, MAX_EDGE_MACROBLOCKS - 1, "pic_width") + 1;
    int heightMapUnits = readUpTo(bits, MAX_EDGE_MACROBLOCKS - 1, "pic_height") + 1;
    boolean progressive = bits.readFlag();
    if (!progressive) {
      bits.skipBits(1); // mb_adaptive_frame_field_flag
    }
    bits.skipBits(1); // direct_8x8_inference_flag
    Resolution coded =
        new Resolution(widthMacroblocks * 16, heightMapUnits * (progressive ? 16 : 32));
    Resolution size = bits.readFlag() ? crop(bits, coded, samples, progressive) : coded;
    VideoUsability usability = bits.readFlag() ? VideoUsability.parse(bits) : null;
    return new SequenceParameterSet(
        id,
        profile,
        constraints,
        level,
        samples.chromaFormat,
        samples.bitDepthLuma,
        samples.bitDepthChroma,
        maxReferenceFrames,
        coded,
        size,
        progressive,
        usability);
  }

  /** Whether sets of this profile say their chroma format and bit depth. */
  static boolean isHighProfile(int profile) {
    return switch (profile) {
      case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 -> true;
      default -> false;
    };
  }

  static int readUpTo(BitReader bits, int maximum, String field) throws MediaFormatException {
    long value = bits.readUnsignedExpGolomb();
    if (value > maximum) {
      throw invalid(field + " is " + value + ", at most " + maximum + " is allowed");
    }
    return (int) value;
  }

  private static MediaFormatException invalid(String message) {
    return new MediaFormatException.Malformed("sps_invalid", message);
  }

  private record Samples(
      int chromaFormat, boolean separatePlanes, int bitDepthLuma, int bitDepthChroma) {
    static final Samples MAIN = new Samples(1, false, 8, 8);
  }

  private static Samples readSamples(BitReader bits) throws MediaFormatException {
    int chromaFormat = readUpTo(bits, 3, "chroma_format_idc");
    boolean separatePlanes = chromaFormat == 3 && bits.readFlag();
    int bitDepthLuma = readUpTo(bits, 6, "bit_depth_luma_minus8") + 8;
    int bitDepthChroma = readUpTo(bits, 6, "bit_depth_chroma_minus8") + 8;
    bits.skipBits(1); // qpprime_y_zero_transform_bypass_flag
    if (bits.readFlag()) {
      int lists = chromaFormat == 3 ? 12 : 8;
      for (int i = 0; i < lists; i++) {
        if (bits.readFlag()) {
          skipScalingList(bits, i < 6 ? 16 : 64);
        }
      }
    }
    return new Samples(chromaFormat, separatePlanes, bitDepthLuma, bitDepthChroma);
  }

  private static void skipScalingList(BitReader bits, int size) throws MediaFormatException {
    int last = 8;
    int next = 8;
    for (int i = 0; i < size && next != 0; i++) {
      // "nextScale = ( lastScale + delta_scale + 256 ) % 256"
      next = (int) (last + bits.readSignedExpGolomb() & 0xff);
      last = next == 0 ? last : next;
    }
  }

  private static void skipPictureOrderCount(BitReader bits) throws MediaFormatException {
    int type = readUpTo(bits, 2, "pic_order_cnt_type");
    if (type == 0) {
      readUpTo(bits, 12, "log2_max_pic_order_cnt_lsb_minus4");
    } else if (type == 1) {
      bits.skipBits(1); // delta_pic_order_always_zero_flag
      bits.readSignedExpGolomb();
      bits.readSignedExpGolomb();
      int cycle = readUpTo(bits, 255, "num_ref_frames_in_pic_order_cnt_cycle");
      for (int i = 0; i < cycle; i++) {
        bits.readSignedExpGolomb();
      }
    }
  }

  private static Resolution crop(
      BitReader bits, Resolution coded, Samples samples, boolean progressive)
      throws MediaFormatException {
    int chromaFormat = samples.separatePlanes ? 0 : samples.chromaFormat;
    int unitX = chromaFormat == 1 || chromaFormat == 2 ? 2 : 1;
    int unitY = (chromaFormat == 1 ? 2 : 1) * (progressive ? 1 : 2);
    long width = coded.width() - unitX * readEdges(bits);
    long height = coded.height() - unitY * readEdges(bits);
    if (width < 1 || height < 1) {
      throw invalid("cropping leaves nothing of " + coded);
    }
    return new Resolution((int) width, (int) height);
  }

  private static long readEdges(BitReader bits) throws MediaFormatException {
    return bits.readUnsignedExpGolomb() + bits.readUnsignedExpGolomb();
  }
}
