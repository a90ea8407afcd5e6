package io.streaminfa.transcode.worker;

import io.streaminfa.media.bytes.ByteWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Turns the byte streams of encoders (ISO/IEC 14496-10, Annex B) into those of ISO files. */
final class AvcBitstream {
  private static final int NAL_SPS = 7;
  private static final int NAL_PPS = 8;
  private static final int NAL_DELIMITER = 9;
  private static final int LENGTH_BYTES = 4;

  private AvcBitstream() {}

  /**
   * An AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1.2) of the parameter sets in an
   * encoder's extradata.
   *
   * @throws WorkerFailure when there are none
   */
  static ByteBuffer decoderConfiguration(ByteBuffer extradata) throws WorkerFailure {
    List<ByteBuffer> sequenceSets = new ArrayList<>();
    List<ByteBuffer> pictureSets = new ArrayList<>();
    for (ByteBuffer nal : nalUnits(extradata)) {
      switch (typeOf(nal)) {
        case NAL_SPS -> sequenceSets.add(nal);
        case NAL_PPS -> pictureSets.add(nal);
        default -> {}
      }
    }
    if (sequenceSets.isEmpty() || pictureSets.isEmpty() || sequenceSets.getFirst().limit() < 4) {
      throw new WorkerFailure("encoder_failed", "the encoder gave no parameter sets", false);
    }
    ByteBuffer sps = sequenceSets.getFirst();
    ByteWriter out = new ByteWriter(128);
    out.u8(1).u8(sps.get(1)).u8(sps.get(2)).u8(sps.get(3));
    out.u8(0xfc | (LENGTH_BYTES - 1)).u8(0xe0 | sequenceSets.size());
    sequenceSets.forEach(set -> out.u16(set.remaining()).raw(set));
    out.u8(pictureSets.size());
    pictureSets.forEach(set -> out.u16(set.remaining()).raw(set));
    int profile = sps.get(1) & 0xff;
    // "if( profile_idc == 100 || 110 || 122 || 144 )": 4:2:0, 8 bits, no SPS extensions.
    if (profile == 100 || profile == 110 || profile == 122 || profile == 144) {
      out.u8(0xfc | 1).u8(0xf8).u8(0xf8).u8(0);
    }
    return ByteBuffer.wrap(out.toByteArray());
  }

  /** One access unit with lengths for start codes, without parameter sets and delimiters. */
  static ByteBuffer lengthPrefixed(ByteBuffer annexB) {
    ByteWriter out = new ByteWriter(annexB.remaining() + 4 * LENGTH_BYTES);
    for (ByteBuffer nal : nalUnits(annexB)) {
      switch (typeOf(nal)) {
        case NAL_SPS, NAL_PPS, NAL_DELIMITER -> {}
        default -> out.u32(nal.remaining()).raw(nal);
      }
    }
    return out.toByteBuffer();
  }

  private static int typeOf(ByteBuffer nal) {
    return nal.get(0) & 0x1f;
  }

  private static List<ByteBuffer> nalUnits(ByteBuffer bytes) {
    List<ByteBuffer> units = new ArrayList<>();
    int start = -1;
    int end = bytes.limit();
    int i = bytes.position();
    while (i + 2 < end) {
      int third = bytes.get(i + 2);
      if (third > 1 || third < 0) {
        i += 3;
      } else if (third == 1 && bytes.get(i) == 0 && bytes.get(i + 1) == 0) {
        addUnit(units, bytes, start, i);
        start = i + 3;
        i = start;
      } else {
        i++;
      }
    }
    addUnit(units, bytes, start, end);
    return units;
  }

  private static void addUnit(List<ByteBuffer> units, ByteBuffer bytes, int start, int end) {
    // B.1.1: trailing_zero_8bits and the zero_byte before a start code are not part of a unit.
    int last = end;
    while (start >= 0 && last > start && bytes.get(last - 1) == 0) {
      last--;
    }
    if (start >= 0 && last > start) {
      units.add(bytes.slice(start, last - start));
    }
  }
}
