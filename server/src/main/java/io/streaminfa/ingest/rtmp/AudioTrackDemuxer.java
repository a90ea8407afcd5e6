package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.IngestSettings;
import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.codec.AdtsHeader;
import io.streaminfa.media.codec.AudioSpecificConfig;
import io.streaminfa.media.codec.Mp3FrameHeader;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns a publisher's AAC and MP3 tags into frames, each with the configuration it needs. */
final class AudioTrackDemuxer {
  /** One coded frame. */
  record Frame(CodecConfig config, ByteBuffer data) {}

  private static final CodecConfig.Mp3 MP3 = new CodecConfig.Mp3();

  private final IngestSettings settings;
  private final Consumer<String> defects;
  private CodecConfig.@Nullable Aac aac;

  AudioTrackDemuxer(IngestSettings settings, Consumer<String> defects) {
    this.settings = settings;
    this.defects = defects;
  }

  /**
   * Takes a sequence header; the frames after it belong to it at once.
   *
   * @throws MediaFormatException when it cannot be read or is of a kind that is not taken
   */
  void configure(ByteBuffer header) throws MediaFormatException {
    checkAllowed("aac");
    if (!header.hasRemaining()) {
      defects.accept("audio_config_empty");
      return;
    }
    if (aac != null && header.equals(aac.audioSpecificConfig())) {
      return;
    }
    AudioSpecificConfig.parse(header);
    ByteBuffer copy = ByteBuffer.allocate(header.remaining()).put(header.duplicate()).flip();
    aac = new CodecConfig.Aac(copy.asReadOnlyBuffer());
  }

  /** One AAC frame; null when nothing has yet told its configuration. */
  @Nullable Frame readAac(ByteBuffer data) throws MediaFormatException {
    checkAllowed("aac");
    ByteBuffer raw = AdtsHeader.isPresent(data) ? unwrap(data) : data;
    if (aac == null) {
      defects.accept("audio_frame_before_config");
      return null;
    }
    if (!raw.hasRemaining()) {
      defects.accept("audio_tag_empty");
      return null;
    }
    return new Frame(aac, raw.asReadOnlyBuffer());
  }

  /** One MP3 frame; null when it does not begin with a frame's header. */
  @Nullable Frame readMp3(ByteBuffer data) throws MediaFormatException {
    checkAllowed("mp3");
    try {
      Mp3FrameHeader.parse(data);
    } catch (MediaFormatException.Malformed e) {
      defects.accept(e.defectCode());
      return null;
    }
    return new Frame(MP3, data.asReadOnlyBuffer());
  }

  /** FLV wants raw frames, yet some encoders leave the ADTS header on; one frame a tag is taken. */
  private ByteBuffer unwrap(ByteBuffer data) throws MediaFormatException {
    AdtsHeader header = AdtsHeader.parse(data);
    if (header.frameBytes() != data.remaining()) {
      throw new MediaFormatException.Unsupported(
          "audio_adts_blocks",
          "an ADTS frame of " + header.frameBytes() + " bytes in a tag of " + data.remaining());
    }
    defects.accept("audio_adts");
    if (aac == null) {
      aac = new CodecConfig.Aac(header.config().write().asReadOnlyBuffer());
    }
    int headerBytes = header.headerBytes();
    return data.slice(data.position() + headerBytes, data.remaining() - headerBytes);
  }

  private void checkAllowed(String codec) throws MediaFormatException {
    if (!settings.allowedAudioCodecs().contains(codec)) {
      throw new MediaFormatException.Unsupported(
          "audio_codec_" + codec, codec + " is not among the allowed audio codecs");
    }
  }
}
