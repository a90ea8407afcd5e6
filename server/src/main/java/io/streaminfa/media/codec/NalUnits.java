package io.streaminfa.media.codec;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.BitReader;
import io.streaminfa.media.bytes.ByteReader;
import io.streaminfa.media.bytes.ByteWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * H.264's network abstraction layer units and the two ways to string them together: a length before
 * each (ISO/IEC 14496-15, 5.3.2) and start codes between them (ISO/IEC 14496-10, Annex B). A unit
 * is a buffer from its header byte to its last byte, sharing its container's memory.
 */
public final class NalUnits {
  public static final int NON_IDR_SLICE = 1;
  public static final int SLICE_PARTITION_A = 2;
  public static final int IDR_SLICE = 5;
  public static final int SUPPLEMENTAL_ENHANCEMENT_INFORMATION = 6;
  public static final int SEQUENCE_PARAMETER_SET = 7;
  public static final int PICTURE_PARAMETER_SET = 8;
  public static final int FILLER_DATA = 12;

  /** The length prefix of everything this server writes. */
  public static final int NORMAL_LENGTH_SIZE_BYTES = 4;

  /** More than any level allows slices in a picture; what lies above is an attack on memory. */
  static final int MAX_UNITS = 4096;

  private static final int RECOVERY_POINT_MESSAGE = 6;
  private static final int MAX_SUPPLEMENTAL_MESSAGES = 64;
  private static final String TRUNCATED = "avc_nal_truncated";

  private NalUnits() {}

  /** {@code nal_unit_type}; -1 for an empty buffer. */
  public static int type(ByteBuffer unit) {
    return unit.hasRemaining() ? unit.get(unit.position()) & 0x1f : -1;
  }

  /** Whether the unit carries picture data (types 1 to 5). */
  public static boolean isSlice(ByteBuffer unit) {
    int type = type(unit);
    return type >= NON_IDR_SLICE && type <= IDR_SLICE;
  }

  public static boolean isIdr(ByteBuffer unit) {
    return type(unit) == IDR_SLICE;
  }

  /** Whether Annex B's start code, of three bytes or four, stands at the front. */
  public static boolean startsWithStartCode(ByteBuffer data) {
    int at = data.position();
    int size = data.remaining();
    return size >= 3
        && data.get(at) == 0
        && data.get(at + 1) == 0
        && (data.get(at + 2) == 1 || (size >= 4 && data.get(at + 2) == 0 && data.get(at + 3) == 1));
  }

  /**
   * Whether the lengths lead exactly to the end. This, and not the first bytes, tells the two forms
   * apart: {@code 00 00 01 2c} begins a unit of 300 bytes as well as it begins Annex B.
   */
  public static boolean isLengthPrefixed(ByteBuffer data, int lengthSizeBytes) {
    ByteBuffer rest = data.duplicate();
    while (rest.remaining() >= lengthSizeBytes) {
      long length = readLength(rest, lengthSizeBytes);
      if (length > rest.remaining()) {
        return false;
      }
      rest.position(rest.position() + (int) length);
    }
    return isZero(rest);
  }

  /**
   * The units behind their lengths; empty ones are left out, and zeros at the end are padding.
   *
   * @param lengthSizeBytes 1, 2 or 4
   * @throws MediaFormatException.Malformed {@code avc_nal_truncated}, {@code avc_nal_count}
   */
  public static List<ByteBuffer> readLengthPrefixed(ByteBuffer data, int lengthSizeBytes)
      throws MediaFormatException {
    List<ByteBuffer> units = new ArrayList<>();
    ByteBuffer rest = data.duplicate();
    while (rest.remaining() >= lengthSizeBytes) {
      long length = readLength(rest, lengthSizeBytes);
      if (length > rest.remaining()) {
        throw new MediaFormatException.Malformed(
            TRUNCATED, "a NAL unit of " + length + " bytes, " + rest.remaining() + " are left");
      }
      add(units, rest.slice(rest.position(), (int) length));
      rest.position(rest.position() + (int) length);
    }
    if (!isZero(rest)) {
      throw new MediaFormatException.Malformed(TRUNCATED, "a length prefix is cut off");
    }
    return units;
  }

  /**
   * The units between start codes, without the zeros that may trail them.
   *
   * @throws MediaFormatException.Malformed {@code avc_start_code_missing}, {@code avc_nal_count}
   */
  public static List<ByteBuffer> readAnnexB(ByteBuffer data) throws MediaFormatException {
    if (!startsWithStartCode(data)) {
      throw new MediaFormatException.Malformed("avc_start_code_missing", "no start code in front");
    }
    List<ByteBuffer> units = new ArrayList<>();
    int limit = data.limit();
    int start = nextStartCode(data, data.position()) + 3;
    while (start < limit) {
      int next = nextStartCode(data, start);
      int end = next;
      while (end > start && data.get(end - 1) == 0) {
        end--;
      }
      add(units, data.slice(start, end - start));
      start = Math.min(limit, next + 3);
    }
    return units;
  }

  /**
   * @param lengthSizeBytes 1, 2 or 4
   * @throws IllegalArgumentException when a unit is longer than its prefix can say
   */
  public static ByteBuffer writeLengthPrefixed(List<ByteBuffer> units, int lengthSizeBytes) {
    ByteWriter writer = new ByteWriter(sizeOf(units, lengthSizeBytes));
    for (ByteBuffer unit : units) {
      int length = unit.remaining();
      if (lengthSizeBytes < 4 && length >>> (8 * lengthSizeBytes) != 0) {
        throw new IllegalArgumentException(length + " bytes in a " + lengthSizeBytes + "-byte NAL");
      }
      switch (lengthSizeBytes) {
        case 1 -> writer.u8(length);
        case 2 -> writer.u16(length);
        case 4 -> writer.u32(length);
        default -> throw new IllegalArgumentException("NAL length size " + lengthSizeBytes);
      }
      writer.raw(unit);
    }
    return writer.toByteBuffer();
  }

  public static ByteBuffer writeAnnexB(List<ByteBuffer> units) {
    ByteWriter writer = new ByteWriter(sizeOf(units, 4));
    for (ByteBuffer unit : units) {
      writer.u32(1).raw(unit);
    }
    return writer.toByteBuffer();
  }

  /**
   * The payload without {@code emulation_prevention_three_byte} (ISO/IEC 14496-10, 7.3.1); the
   * header byte stays.
   */
  public static ByteBuffer unescape(ByteBuffer unit) {
    ByteWriter writer = new ByteWriter(unit.remaining());
    int zeros = 0;
    for (int i = unit.position(); i < unit.limit(); i++) {
      int octet = unit.get(i) & 0xff;
      if (zeros >= 2 && octet == 3) {
        zeros = 0;
        continue;
      }
      zeros = octet == 0 ? zeros + 1 : 0;
      writer.u8(octet);
    }
    return writer.toByteBuffer();
  }

  /** The inverse of {@link #unescape}. */
  public static ByteBuffer escape(ByteBuffer payload) {
    ByteWriter writer = new ByteWriter(payload.remaining() + 8);
    int zeros = 0;
    for (int i = payload.position(); i < payload.limit(); i++) {
      int octet = payload.get(i) & 0xff;
      if (zeros >= 2 && octet <= 3) {
        writer.u8(3);
        zeros = 0;
      }
      zeros = octet == 0 ? zeros + 1 : 0;
      writer.u8(octet);
    }
    return writer.toByteBuffer();
  }

  /** Whether the slice is intra coded: {@code slice_type} 2 or 7 (ISO/IEC 14496-10, 7.4.3). */
  public static boolean isIntraSlice(ByteBuffer unit) throws MediaFormatException {
    if (type(unit) != NON_IDR_SLICE && type(unit) != IDR_SLICE) {
      return false;
    }
    ByteBuffer head = unescape(unit.slice(unit.position(), Math.min(unit.remaining(), 24)));
    BitReader bits = new BitReader(head, "avc_slice_truncated");
    bits.skipBits(8);
    bits.readUnsignedExpGolomb(); // first_mb_in_slice
    return bits.readUnsignedExpGolomb() % 5 == 2;
  }

  /** Whether a supplemental unit holds a recovery point message (ISO/IEC 14496-10, D.1.8). */
  public static boolean hasRecoveryPoint(ByteBuffer unit) throws MediaFormatException {
    if (type(unit) != SUPPLEMENTAL_ENHANCEMENT_INFORMATION) {
      return false;
    }
    ByteReader reader = new ByteReader(unescape(unit), "avc_sei_truncated");
    reader.skip(1);
    // "more_rbsp_data()": a message takes two bytes, the trailing bits one.
    for (int i = 0; i < MAX_SUPPLEMENTAL_MESSAGES && reader.remaining() > 2; i++) {
      if (readSupplementalNumber(reader) == RECOVERY_POINT_MESSAGE) {
        return true;
      }
      reader.skip(readSupplementalNumber(reader));
    }
    return false;
  }

  private static int readSupplementalNumber(ByteReader reader) throws MediaFormatException {
    int value = 0;
    int octet = reader.readU8();
    while (octet == 0xff) {
      value += 0xff;
      octet = reader.readU8();
    }
    return value + octet;
  }

  private static void add(List<ByteBuffer> units, ByteBuffer unit) throws MediaFormatException {
    if (!unit.hasRemaining()) {
      return;
    }
    if (units.size() == MAX_UNITS) {
      throw new MediaFormatException.Malformed(
          "avc_nal_count", "more than " + MAX_UNITS + " NAL units in one picture");
    }
    units.add(unit);
  }

  private static int nextStartCode(ByteBuffer data, int from) {
    int limit = data.limit();
    for (int i = from; i + 3 <= limit; i++) {
      if (data.get(i + 2) > 1) {
        i += 2;
      } else if (data.get(i) == 0 && data.get(i + 1) == 0 && data.get(i + 2) == 1) {
        return i;
      }
    }
    return limit;
  }

  private static long readLength(ByteBuffer data, int lengthSizeBytes) {
    return switch (lengthSizeBytes) {
      case 1 -> data.get() & 0xff;
      case 2 -> data.getShort() & 0xffff;
      case 4 -> data.getInt() & 0xffff_ffffL;
      default -> throw new IllegalArgumentException("NAL length size " + lengthSizeBytes);
    };
  }

  private static boolean isZero(ByteBuffer rest) {
    for (int i = rest.position(); i < rest.limit(); i++) {
      if (rest.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static int sizeOf(List<ByteBuffer> units, int overheadBytes) {
    int size = 0;
    for (ByteBuffer unit : units) {
      size = Math.addExact(size, Math.addExact(unit.remaining(), overheadBytes));
    }
    return size;
  }
}
