package io.streaminfa.media.flv;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteReader;
import io.streaminfa.media.bytes.ByteWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The body of an FLV video tag, which is the payload of RTMP message type 9: FLV 10.1, E.4.3, and
 * ExVideoTagHeader of Enhanced RTMP v2. H.264 is the only codec that gets a value; every other
 * known one is refused by name. Buffers share the memory of what was parsed.
 */
public sealed interface VideoTag {
  /** An AVCDecoderConfigurationRecord; some encoders write Annex B here, or nothing. */
  record SequenceStart(ByteBuffer config) implements VideoTag {}

  /**
   * One access unit.
   *
   * @param keyFrame what the encoder says, which need not be true
   * @param compositionTimeMs presentation minus decoding time, 24 bits signed
   * @param timestampOffsetNanos 0 to 999,999, finer than RTMP's clock
   */
  record CodedFrames(
      boolean keyFrame, int compositionTimeMs, int timestampOffsetNanos, ByteBuffer data)
      implements VideoTag {}

  /** The encoder's "end of sequence". */
  record SequenceEnd() implements VideoTag {}

  /**
   * Nothing for this server.
   *
   * @param code why, such as {@code video_tag_empty}
   */
  record Skipped(String code) implements VideoTag {}

  /** The defect code of a tag that ends too early. */
  String TRUNCATED = "flv_video_truncated";

  /**
   * @throws MediaFormatException.Malformed {@code flv_video_truncated}, {@code
   *     flv_multitrack_nested}
   * @throws MediaFormatException.Unsupported {@code video_codec_*}: the codec by its name
   */
  static VideoTag parse(ByteBuffer body) throws MediaFormatException {
    if (!body.hasRemaining()) {
      return new Skipped("video_tag_empty");
    }
    ByteReader reader = new ByteReader(body, TRUNCATED);
    int first = reader.readU8();
    return (first & 0x80) == 0
        ? VideoTagSyntax.readLegacy(reader, first)
        : VideoTagSyntax.readEnhanced(reader, first);
  }

  /**
   * The tag of an H.264 stream; the legacy form has no place for the offset in nanoseconds.
   *
   * @throws IllegalStateException for {@link Skipped}, which has no bytes
   */
  default ByteBuffer write(TagSyntax syntax) {
    return switch (syntax) {
      case LEGACY -> VideoTagSyntax.writeLegacy(this);
      case ENHANCED -> VideoTagSyntax.writeEnhanced(this);
    };
  }
}

/** Reads and writes the two forms of {@link VideoTag}. */
final class VideoTagSyntax {
  private static final int IS_EX_HEADER = 8;
  private static final int FRAME_KEY = 1;
  private static final int FRAME_INTER = 2;
  private static final int FRAME_COMMAND = 5;

  private static final int LEGACY_AVC = 7;
  private static final int LEGACY_SEQUENCE_HEADER = 0;
  private static final int LEGACY_NAL_UNITS = 1;
  private static final int LEGACY_END = 2;

  private static final int SEQUENCE_START = 0;
  private static final int CODED_FRAMES = 1;
  private static final int SEQUENCE_END = 2;
  private static final int CODED_FRAMES_X = 3;
  private static final int METADATA = 4;
  private static final int MPEG2TS_SEQUENCE_START = 5;
  private static final int MULTITRACK = 6;
  private static final int MOD_EX = 7;

  private VideoTagSyntax() {}

  static VideoTag readLegacy(ByteReader reader, int first) throws MediaFormatException {
    int frameType = first >>> 4;
    int codecId = first & 15;
    if (frameType == FRAME_COMMAND) {
      return new VideoTag.Skipped("video_command_frame");
    }
    if (codecId != LEGACY_AVC) {
      throw unsupported(legacyName(codecId), "FLV video codec id " + codecId);
    }
    if (!reader.hasRemaining()) {
      return new VideoTag.Skipped("video_tag_empty");
    }
    int packetType = reader.readU8();
    if (packetType == LEGACY_END) {
      return new VideoTag.SequenceEnd();
    }
    if (packetType != LEGACY_SEQUENCE_HEADER && packetType != LEGACY_NAL_UNITS) {
      return new VideoTag.Skipped("video_packet_type_unknown");
    }
    int compositionTimeMs = reader.readS24();
    return packetType == LEGACY_SEQUENCE_HEADER
        ? new VideoTag.SequenceStart(reader.readRest())
        : new VideoTag.CodedFrames(frameType == FRAME_KEY, compositionTimeMs, 0, reader.readRest());
  }

  static VideoTag readEnhanced(ByteReader reader, int first) throws MediaFormatException {
    int frameType = first >>> 4 & 7;
    int packetType = first & 15;
    // "if (videoPacketType != Metadata && videoFrameType == Command)": one byte, no body
    if (frameType == FRAME_COMMAND && packetType != METADATA && packetType != MOD_EX) {
      return new VideoTag.Skipped("video_command_frame");
    }
    EnhancedHeader header =
        EnhancedHeader.parse(reader, packetType, MULTITRACK, VideoTag.TRUNCATED);
    if (header == null) {
      return new VideoTag.Skipped("video_track_skipped");
    }
    if (header.packetType() == METADATA) {
      return new VideoTag.Skipped("video_metadata");
    }
    if (!header.fourCc().equals(FourCc.AVC1)) {
      String known = enhancedName(header.fourCc());
      if (known == null) {
        return new VideoTag.Skipped("video_fourcc_unknown");
      }
      throw unsupported(known, "video fourCC " + header.fourCc());
    }
    return readAvc(header, frameType == FRAME_KEY);
  }

  private static VideoTag readAvc(EnhancedHeader header, boolean keyFrame)
      throws MediaFormatException {
    int nanos = header.timestampOffsetNanos();
    return switch (header.packetType()) {
      case SEQUENCE_START -> new VideoTag.SequenceStart(header.body());
      case SEQUENCE_END -> new VideoTag.SequenceEnd();
      case CODED_FRAMES -> {
        ByteReader body = new ByteReader(header.body(), VideoTag.TRUNCATED);
        int compositionTimeMs = body.readS24();
        yield new VideoTag.CodedFrames(keyFrame, compositionTimeMs, nanos, body.readRest());
      }
      // "compositionTimeOffset is implied to equal zero"
      case CODED_FRAMES_X -> new VideoTag.CodedFrames(keyFrame, 0, nanos, header.body());
      case MPEG2TS_SEQUENCE_START -> new VideoTag.Skipped("video_mpeg2ts_sequence_start");
      default -> new VideoTag.Skipped("video_packet_type_unknown");
    };
  }

  static ByteBuffer writeLegacy(VideoTag tag) {
    return switch (tag) {
      case VideoTag.SequenceStart(ByteBuffer config) ->
          legacy(FRAME_KEY, LEGACY_SEQUENCE_HEADER, 0, config);
      case VideoTag.CodedFrames(boolean key, int compositionTimeMs, int nanos, ByteBuffer data) ->
          legacy(frameType(key), LEGACY_NAL_UNITS, compositionTimeMs, data);
      case VideoTag.SequenceEnd() -> legacy(FRAME_KEY, LEGACY_END, 0, ByteBuffer.allocate(0));
      case VideoTag.Skipped(String code) -> throw new IllegalStateException("skipped: " + code);
    };
  }

  static ByteBuffer writeEnhanced(VideoTag tag) {
    return switch (tag) {
      case VideoTag.SequenceStart(ByteBuffer config) ->
          enhanced(FRAME_KEY, SEQUENCE_START, 0, config.remaining()).raw(config).toByteBuffer();
      case VideoTag.CodedFrames(boolean key, int compositionTimeMs, int nanos, ByteBuffer data)
          when compositionTimeMs == 0 ->
          enhanced(frameType(key), CODED_FRAMES_X, nanos, data.remaining())
              .raw(data)
              .toByteBuffer();
      case VideoTag.CodedFrames(boolean key, int compositionTimeMs, int nanos, ByteBuffer data) ->
          enhanced(frameType(key), CODED_FRAMES, nanos, data.remaining() + 3)
              .u24(compositionTimeMs)
              .raw(data)
              .toByteBuffer();
      case VideoTag.SequenceEnd() -> enhanced(FRAME_KEY, SEQUENCE_END, 0, 0).toByteBuffer();
      case VideoTag.Skipped(String code) -> throw new IllegalStateException("skipped: " + code);
    };
  }

  private static int frameType(boolean keyFrame) {
    return keyFrame ? FRAME_KEY : FRAME_INTER;
  }

  private static ByteBuffer legacy(
      int frameType, int packetType, int compositionTimeMs, ByteBuffer data) {
    return new ByteWriter(data.remaining() + 5)
        .u8(frameType << 4 | LEGACY_AVC)
        .u8(packetType)
        .u24(compositionTimeMs)
        .raw(data)
        .toByteBuffer();
  }

  private static ByteWriter enhanced(int frameType, int packetType, int nanos, int bodyBytes) {
    return EnhancedHeader.write(
        IS_EX_HEADER | frameType, packetType, FourCc.AVC1, nanos, bodyBytes);
  }

  /** Codec ids of FLV 10.1, E.4.3.1, and the two that were in use without a specification. */
  private static String legacyName(int codecId) {
    return switch (codecId) {
      case 1 -> "jpeg";
      case 2 -> "sorenson_h263";
      case 3 -> "screen_video";
      case 4 -> "vp6";
      case 5 -> "vp6_alpha";
      case 6 -> "screen_video_2";
      case 12 -> "hevc";
      case 13 -> "av1";
      default -> "unknown";
    };
  }

  private static @Nullable String enhancedName(FourCc fourCc) {
    return switch (fourCc.toString()) {
      case "hvc1" -> "hevc";
      case "av01" -> "av1";
      case "vp08" -> "vp8";
      case "vp09" -> "vp9";
      case "vvc1" -> "vvc";
      default -> null;
    };
  }

  private static MediaFormatException unsupported(String name, String found) {
    return new MediaFormatException.Unsupported(
        "video_codec_" + name, found + " (" + name + ") is not taken; send H.264");
  }
}
