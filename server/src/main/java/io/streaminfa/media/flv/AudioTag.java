package io.streaminfa.media.flv;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteReader;
import io.streaminfa.media.bytes.ByteWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The body of an FLV audio tag, which is the payload of RTMP message type 8: FLV 10.1, E.4.2, and
 * ExAudioTagHeader of Enhanced RTMP v2. AAC and MP3 get values; every other known codec is refused
 * by name. Buffers share the memory of what was parsed.
 */
public sealed interface AudioTag {
  /** An AudioSpecificConfig. */
  record SequenceStart(ByteBuffer config) implements AudioTag {}

  /**
   * One raw AAC frame.
   *
   * @param timestampOffsetNanos 0 to 999,999, finer than RTMP's clock
   */
  record AacFrame(int timestampOffsetNanos, ByteBuffer data) implements AudioTag {}

  /**
   * One MP3 frame.
   *
   * @param timestampOffsetNanos 0 to 999,999, finer than RTMP's clock
   */
  record Mp3Frame(int timestampOffsetNanos, ByteBuffer data) implements AudioTag {}

  /** The encoder's "end of sequence"; the legacy form has none. */
  record SequenceEnd() implements AudioTag {}

  /**
   * Nothing for this server.
   *
   * @param code why, such as {@code audio_tag_empty}
   */
  record Skipped(String code) implements AudioTag {}

  /** The defect code of a tag that ends too early. */
  String TRUNCATED = "flv_audio_truncated";

  /**
   * @throws MediaFormatException.Malformed {@code flv_audio_truncated}, {@code
   *     flv_multitrack_nested}
   * @throws MediaFormatException.Unsupported {@code audio_codec_*}: the codec by its name
   */
  static AudioTag parse(ByteBuffer body) throws MediaFormatException {
    if (!body.hasRemaining()) {
      return new Skipped("audio_tag_empty");
    }
    ByteReader reader = new ByteReader(body, TRUNCATED);
    int first = reader.readU8();
    return first >>> 4 == AudioTagSyntax.EX_HEADER
        ? AudioTagSyntax.readEnhanced(reader, first & 15)
        : AudioTagSyntax.readLegacy(reader, first >>> 4);
  }

  /**
   * The legacy form has no place for the offset in nanoseconds.
   *
   * @throws IllegalStateException for {@link Skipped} and, in the legacy form, {@link SequenceEnd},
   *     which have no bytes
   */
  default ByteBuffer write(TagSyntax syntax) {
    return switch (syntax) {
      case LEGACY -> AudioTagSyntax.writeLegacy(this);
      case ENHANCED -> AudioTagSyntax.writeEnhanced(this);
    };
  }
}

/** Reads and writes the two forms of {@link AudioTag}. */
final class AudioTagSyntax {
  /** The sound format that means "an ExAudioTagHeader follows". */
  static final int EX_HEADER = 9;

  private static final int LEGACY_MP3 = 2;
  private static final int LEGACY_AAC = 10;
  private static final int LEGACY_MP3_8_KHZ = 14;
  private static final int LEGACY_SEQUENCE_HEADER = 0;
  private static final int LEGACY_RAW = 1;

  /** 44 kHz, 16 bits, stereo: what "shall" stand there for AAC, whatever the sound is. */
  private static final int LEGACY_SOUND = 0x0f;

  private static final int SEQUENCE_START = 0;
  private static final int CODED_FRAMES = 1;
  private static final int SEQUENCE_END = 2;
  private static final int MULTICHANNEL_CONFIG = 4;
  private static final int MULTITRACK = 5;

  private AudioTagSyntax() {}

  static AudioTag readLegacy(ByteReader reader, int soundFormat) throws MediaFormatException {
    return switch (soundFormat) {
      case LEGACY_MP3, LEGACY_MP3_8_KHZ -> mp3(0, reader.readRest());
      case LEGACY_AAC -> readLegacyAac(reader);
      default -> throw unsupported(legacyName(soundFormat), "FLV sound format " + soundFormat);
    };
  }

  private static AudioTag readLegacyAac(ByteReader reader) throws MediaFormatException {
    if (!reader.hasRemaining()) {
      return new AudioTag.Skipped("audio_tag_empty");
    }
    return switch (reader.readU8()) {
      case LEGACY_SEQUENCE_HEADER -> new AudioTag.SequenceStart(reader.readRest());
      case LEGACY_RAW -> aac(0, reader.readRest());
      default -> new AudioTag.Skipped("audio_packet_type_unknown");
    };
  }

  static AudioTag readEnhanced(ByteReader reader, int packetType) throws MediaFormatException {
    EnhancedHeader header =
        EnhancedHeader.parse(reader, packetType, MULTITRACK, AudioTag.TRUNCATED);
    if (header == null) {
      return new AudioTag.Skipped("audio_track_skipped");
    }
    boolean aac = header.fourCc().equals(FourCc.MP4A);
    if (!aac && !header.fourCc().equals(FourCc.MP3)) {
      String known = enhancedName(header.fourCc());
      if (known == null) {
        return new AudioTag.Skipped("audio_fourcc_unknown");
      }
      throw unsupported(known, "audio fourCC " + header.fourCc());
    }
    return switch (header.packetType()) {
      case SEQUENCE_START ->
          aac
              ? new AudioTag.SequenceStart(header.body())
              : new AudioTag.Skipped("audio_packet_type_unknown");
      case CODED_FRAMES ->
          aac
              ? aac(header.timestampOffsetNanos(), header.body())
              : mp3(header.timestampOffsetNanos(), header.body());
      case SEQUENCE_END -> new AudioTag.SequenceEnd();
      case MULTICHANNEL_CONFIG -> new AudioTag.Skipped("audio_multichannel_config");
      default -> new AudioTag.Skipped("audio_packet_type_unknown");
    };
  }

  private static AudioTag aac(int nanos, ByteBuffer data) {
    return data.hasRemaining()
        ? new AudioTag.AacFrame(nanos, data)
        : new AudioTag.Skipped("audio_tag_empty");
  }

  private static AudioTag mp3(int nanos, ByteBuffer data) {
    return data.hasRemaining()
        ? new AudioTag.Mp3Frame(nanos, data)
        : new AudioTag.Skipped("audio_tag_empty");
  }

  static ByteBuffer writeLegacy(AudioTag tag) {
    return switch (tag) {
      case AudioTag.SequenceStart(ByteBuffer config) ->
          legacy(LEGACY_AAC, config).u8(LEGACY_SEQUENCE_HEADER).raw(config).toByteBuffer();
      case AudioTag.AacFrame(int nanos, ByteBuffer data) ->
          legacy(LEGACY_AAC, data).u8(LEGACY_RAW).raw(data).toByteBuffer();
      case AudioTag.Mp3Frame(int nanos, ByteBuffer data) ->
          legacy(LEGACY_MP3, data).raw(data).toByteBuffer();
      case AudioTag.SequenceEnd() ->
          throw new IllegalStateException("the legacy form has no end of sequence");
      case AudioTag.Skipped(String code) -> throw new IllegalStateException("skipped: " + code);
    };
  }

  static ByteBuffer writeEnhanced(AudioTag tag) {
    return switch (tag) {
      case AudioTag.SequenceStart(ByteBuffer config) ->
          enhanced(SEQUENCE_START, FourCc.MP4A, 0, config);
      case AudioTag.AacFrame(int nanos, ByteBuffer data) ->
          enhanced(CODED_FRAMES, FourCc.MP4A, nanos, data);
      case AudioTag.Mp3Frame(int nanos, ByteBuffer data) ->
          enhanced(CODED_FRAMES, FourCc.MP3, nanos, data);
      case AudioTag.SequenceEnd() -> enhanced(SEQUENCE_END, FourCc.MP4A, 0, ByteBuffer.allocate(0));
      case AudioTag.Skipped(String code) -> throw new IllegalStateException("skipped: " + code);
    };
  }

  private static ByteWriter legacy(int soundFormat, ByteBuffer data) {
    return new ByteWriter(data.remaining() + 2).u8(soundFormat << 4 | LEGACY_SOUND);
  }

  private static ByteBuffer enhanced(int packetType, FourCc fourCc, int nanos, ByteBuffer data) {
    return EnhancedHeader.write(EX_HEADER, packetType, fourCc, nanos, data.remaining())
        .raw(data)
        .toByteBuffer();
  }

  /** Sound formats of FLV 10.1, E.4.2.1, and the one that was in use without a specification. */
  private static String legacyName(int soundFormat) {
    return switch (soundFormat) {
      case 0, 3 -> "pcm";
      case 1 -> "adpcm";
      case 4, 5, 6 -> "nellymoser";
      case 7 -> "g711_alaw";
      case 8 -> "g711_mulaw";
      case 11 -> "speex";
      case 13 -> "opus";
      case 15 -> "device_specific";
      default -> "unknown";
    };
  }

  private static @Nullable String enhancedName(FourCc fourCc) {
    return switch (fourCc.toString()) {
      case "Opus" -> "opus";
      case "fLaC" -> "flac";
      case "ac-3" -> "ac3";
      case "ec-3" -> "eac3";
      default -> null;
    };
  }

  private static MediaFormatException unsupported(String name, String found) {
    return new MediaFormatException.Unsupported(
        "audio_codec_" + name, found + " (" + name + ") is not taken; send AAC or MP3");
  }
}
