package io.streaminfa.media.codec;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteReader;
import io.streaminfa.media.bytes.ByteWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code AVCDecoderConfigurationRecord} (ISO/IEC 14496-15, 5.3.3.1): the payload of an avcC box and
 * of FLV's H.264 sequence header.
 *
 * @param profile {@code AVCProfileIndication}
 * @param constraints {@code profile_compatibility}
 * @param level {@code AVCLevelIndication}
 * @param nalLengthSizeBytes 1, 2 or 4
 * @param sequenceParameterSets NAL units, at most 31
 * @param pictureParameterSets NAL units, at most 255
 * @param highProfile null where the record ends before it, as the lower profiles do and some
 *     encoders of high profile
 */
public record AvcDecoderConfig(
    int profile,
    int constraints,
    int level,
    int nalLengthSizeBytes,
    List<ByteBuffer> sequenceParameterSets,
    List<ByteBuffer> pictureParameterSets,
    @Nullable HighProfile highProfile) {

  /**
   * The fields that profiles 100, 110, 122 and 144 append.
   *
   * @param chromaFormat 0 to 3
   * @param bitDepthLuma 8 to 15
   * @param bitDepthChroma 8 to 15
   * @param extensions NAL units of type 13
   */
  public record HighProfile(
      int chromaFormat, int bitDepthLuma, int bitDepthChroma, List<ByteBuffer> extensions) {
    public HighProfile {
      extensions = List.copyOf(extensions);
    }
  }

  private static final String TRUNCATED = "avcc_truncated";
  private static final int MAX_SEQUENCE_SETS = 31;
  private static final int MAX_PICTURE_SETS = 255;
  private static final int MAX_SET_BYTES = 0xffff;

  public AvcDecoderConfig {
    sequenceParameterSets = List.copyOf(sequenceParameterSets);
    pictureParameterSets = List.copyOf(pictureParameterSets);
  }

  /**
   * @throws MediaFormatException.Malformed {@code avcc_truncated}, {@code avcc_version}, {@code
   *     avcc_nal_length_size}, {@code avcc_parameter_set}
   */
  public static AvcDecoderConfig parse(ByteBuffer record) throws MediaFormatException {
    ByteReader reader = new ByteReader(record, TRUNCATED);
    int version = reader.readU8();
    if (version != 1) {
      throw new MediaFormatException.Malformed("avcc_version", "version " + version);
    }
    int profile = reader.readU8();
    int constraints = reader.readU8();
    int level = reader.readU8();
    int nalLengthSizeBytes = (reader.readU8() & 3) + 1;
    if (nalLengthSizeBytes == 3) {
      throw new MediaFormatException.Malformed("avcc_nal_length_size", "NAL lengths of 3 bytes");
    }
    List<ByteBuffer> sequenceSets =
        readSets(reader, reader.readU8() & 0x1f, NalUnits.SEQUENCE_PARAMETER_SET);
    List<ByteBuffer> pictureSets =
        readSets(reader, reader.readU8(), NalUnits.PICTURE_PARAMETER_SET);
    HighProfile highProfile =
        isExtended(profile) && reader.remaining() >= 4 ? readHighProfile(reader) : null;
    return new AvcDecoderConfig(
        profile, constraints, level, nalLengthSizeBytes, sequenceSets, pictureSets, highProfile);
  }

  /**
   * The record that says what these sets say, with NAL lengths of 4 bytes.
   *
   * @throws MediaFormatException.Malformed {@code avcc_parameter_set} when there is no sequence
   *     parameter set, or more or longer sets than the record can hold
   */
  public static AvcDecoderConfig of(List<ByteBuffer> sequenceSets, List<ByteBuffer> pictureSets)
      throws MediaFormatException {
    if (sequenceSets.isEmpty()
        || sequenceSets.size() > MAX_SEQUENCE_SETS
        || pictureSets.size() > MAX_PICTURE_SETS) {
      throw badSet(sequenceSets.size() + " SPS and " + pictureSets.size() + " PPS");
    }
    for (ByteBuffer set : sequenceSets) {
      checkLength(set);
    }
    for (ByteBuffer set : pictureSets) {
      checkLength(set);
    }
    SequenceParameterSet first = SequenceParameterSet.parse(sequenceSets.getFirst());
    HighProfile highProfile =
        isExtended(first.profile())
            ? new HighProfile(
                first.chromaFormat(), first.bitDepthLuma(), first.bitDepthChroma(), List.of())
            : null;
    return new AvcDecoderConfig(
        first.profile(),
        first.constraints(),
        first.level(),
        NalUnits.NORMAL_LENGTH_SIZE_BYTES,
        sequenceSets,
        pictureSets,
        highProfile);
  }

  /** The record of the parameter sets in Annex B extradata; other units there are left out. */
  public static AvcDecoderConfig ofAnnexB(ByteBuffer extradata) throws MediaFormatException {
    List<ByteBuffer> sequenceSets = new ArrayList<>();
    List<ByteBuffer> pictureSets = new ArrayList<>();
    for (ByteBuffer unit : NalUnits.readAnnexB(extradata)) {
      switch (NalUnits.type(unit)) {
        case NalUnits.SEQUENCE_PARAMETER_SET -> sequenceSets.add(unit);
        case NalUnits.PICTURE_PARAMETER_SET -> pictureSets.add(unit);
        default -> {}
      }
    }
    return of(sequenceSets, pictureSets);
  }

  public ByteBuffer write() {
    ByteWriter writer = new ByteWriter(64);
    writer.u8(1).u8(profile).u8(constraints).u8(level).u8(0xfc | (nalLengthSizeBytes - 1));
    writer.u8(0xe0 | sequenceParameterSets.size());
    writeSets(writer, sequenceParameterSets);
    writer.u8(pictureParameterSets.size());
    writeSets(writer, pictureParameterSets);
    if (highProfile != null) {
      writer.u8(0xfc | highProfile.chromaFormat);
      writer.u8(0xf8 | (highProfile.bitDepthLuma - 8));
      writer.u8(0xf8 | (highProfile.bitDepthChroma - 8));
      writer.u8(highProfile.extensions.size());
      writeSets(writer, highProfile.extensions);
    }
    return writer.toByteBuffer();
  }

  private static HighProfile readHighProfile(ByteReader reader) throws MediaFormatException {
    int chromaFormat = reader.readU8() & 3;
    int bitDepthLuma = (reader.readU8() & 7) + 8;
    int bitDepthChroma = (reader.readU8() & 7) + 8;
    List<ByteBuffer> extensions = readSets(reader, reader.readU8(), -1);
    return new HighProfile(chromaFormat, bitDepthLuma, bitDepthChroma, extensions);
  }

  /** The profiles that the record's syntax names, and 244, which replaced 144. */
  private static boolean isExtended(int profile) {
    return profile == 100 || profile == 110 || profile == 122 || profile == 144 || profile == 244;
  }

  private static List<ByteBuffer> readSets(ByteReader reader, int count, int type)
      throws MediaFormatException {
    List<ByteBuffer> sets = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ByteBuffer set = reader.readSlice(reader.readU16());
      if (!set.hasRemaining() || (type >= 0 && NalUnits.type(set) != type)) {
        throw badSet("a NAL unit of type " + NalUnits.type(set) + " among those of type " + type);
      }
      sets.add(set);
    }
    return sets;
  }

  private static void writeSets(ByteWriter writer, List<ByteBuffer> sets) {
    for (ByteBuffer set : sets) {
      writer.u16(set.remaining()).raw(set);
    }
  }

  private static void checkLength(ByteBuffer set) throws MediaFormatException {
    if (set.remaining() > MAX_SET_BYTES) {
      throw badSet("a parameter set of " + set.remaining() + " bytes");
    }
  }

  private static MediaFormatException badSet(String message) {
    return new MediaFormatException.Malformed("avcc_parameter_set", message);
  }
}
