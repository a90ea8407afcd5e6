package io.streaminfa.media.flv;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteReader;
import io.streaminfa.media.bytes.ByteWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What Enhanced RTMP puts between the first byte and a track's body, alike for video and audio:
 * ModEx, Multitrack, fourCC. Of several tracks this is the default one, whose id is 0.
 *
 * @param timestampOffsetNanos 0 to 999,999, to be added to the presentation time
 */
record EnhancedHeader(int packetType, FourCc fourCc, int timestampOffsetNanos, ByteBuffer body) {
  private static final int MOD_EX = 7;
  private static final int TIMESTAMP_OFFSET_NANO = 0;
  private static final int MAX_TIMESTAMP_OFFSET_NANOS = 999_999;
  private static final int ONE_TRACK = 0;
  private static final int MANY_TRACKS_MANY_CODECS = 2;
  private static final int DEFAULT_TRACK_ID = 0;

  /** The packet type behind a chain of ModEx packets, and what they said. */
  private record Modified(int packetType, int timestampOffsetNanos) {}

  /**
   * @param packetType of the tag's first byte
   * @param multitrackType the packet type that means Multitrack: it differs for video and audio
   * @param truncationCode the code of {@code reader}, for a size that lies
   * @return null when the default track is not in this message
   */
  static @Nullable EnhancedHeader parse(
      ByteReader reader, int packetType, int multitrackType, String truncationCode)
      throws MediaFormatException {
    Modified modified = readModEx(reader, packetType, truncationCode);
    if (modified.packetType != multitrackType) {
      return new EnhancedHeader(
          modified.packetType,
          readFourCc(reader),
          modified.timestampOffsetNanos,
          reader.readRest());
    }
    int types = reader.readU8();
    int kind = types >>> 4;
    int trackPacketType = types & 15;
    if (kind > MANY_TRACKS_MANY_CODECS) {
      return null;
    }
    // "This fetch MUST not result in a VideoPacketType.Multitrack"
    if (trackPacketType == multitrackType || trackPacketType == MOD_EX) {
      throw new MediaFormatException.Malformed("flv_multitrack_nested", "multitrack in multitrack");
    }
    FourCc shared = kind == MANY_TRACKS_MANY_CODECS ? null : readFourCc(reader);
    while (reader.hasRemaining()) {
      FourCc fourCc = shared == null ? readFourCc(reader) : shared;
      int trackId = reader.readU8();
      ByteBuffer body = kind == ONE_TRACK ? reader.readRest() : reader.readSlice(reader.readU24());
      if (trackId == DEFAULT_TRACK_ID) {
        return new EnhancedHeader(trackPacketType, fourCc, modified.timestampOffsetNanos, body);
      }
    }
    return null;
  }

  /**
   * Begins a tag of one track, with a ModEx packet when there is an offset.
   *
   * @param flags the first byte's upper four bits
   */
  static ByteWriter write(
      int flags, int packetType, FourCc fourCc, int timestampOffsetNanos, int bodyBytes) {
    ByteWriter writer = new ByteWriter(bodyBytes + 16);
    if (timestampOffsetNanos == 0) {
      writer.u8(flags << 4 | packetType);
    } else {
      writer.u8(flags << 4 | MOD_EX).u8(2).u24(timestampOffsetNanos);
      writer.u8(TIMESTAMP_OFFSET_NANO << 4 | packetType);
    }
    return writer.u32(fourCc.value());
  }

  private static Modified readModEx(ByteReader reader, int firstPacketType, String truncationCode)
      throws MediaFormatException {
    int packetType = firstPacketType;
    int nanos = 0;
    while (packetType == MOD_EX) {
      // "If maximum 8-bit size is not sufficient, use a 16-bit value"
      int size = reader.readU8() + 1;
      if (size == 256) {
        size = reader.readU16() + 1;
      }
      ByteReader data = new ByteReader(reader.readSlice(size), truncationCode);
      int types = reader.readU8();
      packetType = types & 15;
      if (types >>> 4 == TIMESTAMP_OFFSET_NANO) {
        nanos = Math.min(data.readU24(), MAX_TIMESTAMP_OFFSET_NANOS);
      }
    }
    return new Modified(packetType, nanos);
  }

  private static FourCc readFourCc(ByteReader reader) throws MediaFormatException {
    return new FourCc(reader.readS32());
  }
}
