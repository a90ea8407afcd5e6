package io.streaminfa.media.codec;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.BitReader;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The H.264 parameter sets in force, by their ids: a set that arrives replaces the one with its id
 * (ISO/IEC 14496-10, 7.4.1.2.1). Immutable.
 *
 * @param sequence ids 0 to 31
 * @param picture ids 0 to 255
 */
public record AvcParameterSets(
    SortedMap<Integer, ByteBuffer> sequence, SortedMap<Integer, ByteBuffer> picture) {
  public static final AvcParameterSets NONE =
      new AvcParameterSets(Collections.emptySortedMap(), Collections.emptySortedMap());

  private static final int MAX_PICTURE_ID = 255;

  /** Reads the ids of a record's sets. */
  public static AvcParameterSets of(AvcDecoderConfig config) throws MediaFormatException {
    AvcParameterSets sets = NONE;
    for (ByteBuffer unit : config.sequenceParameterSets()) {
      sets = sets.with(unit);
    }
    for (ByteBuffer unit : config.pictureParameterSets()) {
      sets = sets.with(unit);
    }
    return sets;
  }

  /**
   * These sets and the given unit, if it is one and not yet among them; otherwise this same object.
   *
   * @throws MediaFormatException.Malformed when it is a parameter set that cannot be read
   */
  public AvcParameterSets with(ByteBuffer unit) throws MediaFormatException {
    if (sequence.containsValue(unit) || picture.containsValue(unit)) {
      return this;
    }
    return switch (NalUnits.type(unit)) {
      case NalUnits.SEQUENCE_PARAMETER_SET ->
          new AvcParameterSets(put(sequence, SequenceParameterSet.parse(unit).id(), unit), picture);
      case NalUnits.PICTURE_PARAMETER_SET ->
          new AvcParameterSets(sequence, put(picture, readPictureId(unit), unit));
      default -> this;
    };
  }

  /** Whether a decoder could begin with them. */
  public boolean isComplete() {
    return !sequence.isEmpty() && !picture.isEmpty();
  }

  /**
   * The record of these sets, with the length size that every sample of this server has.
   *
   * @throws MediaFormatException when {@link #isComplete} is false or a limit of the record is
   *     exceeded
   */
  public AvcDecoderConfig toDecoderConfig() throws MediaFormatException {
    return AvcDecoderConfig.of(List.copyOf(sequence.values()), List.copyOf(picture.values()));
  }

  private static int readPictureId(ByteBuffer unit) throws MediaFormatException {
    ByteBuffer head = unit.slice(unit.position(), Math.min(unit.remaining(), 16));
    BitReader bits = new BitReader(NalUnits.unescape(head), "pps_truncated");
    bits.skipBits(8);
    long id = bits.readUnsignedExpGolomb();
    if (id > MAX_PICTURE_ID) {
      throw new MediaFormatException.Malformed("pps_invalid", "pic_parameter_set_id is " + id);
    }
    return (int) id;
  }

  private static SortedMap<Integer, ByteBuffer> put(
      SortedMap<Integer, ByteBuffer> sets, int id, ByteBuffer unit) {
    SortedMap<Integer, ByteBuffer> replaced = new TreeMap<>(sets);
    replaced.put(id, copy(unit));
    return Collections.unmodifiableSortedMap(replaced);
  }

  /** A set outlives the message it came in, and must not keep that whole message alive. */
  private static ByteBuffer copy(ByteBuffer unit) {
    return ByteBuffer.allocate(unit.remaining()).put(unit.duplicate()).flip().asReadOnlyBuffer();
  }
}
