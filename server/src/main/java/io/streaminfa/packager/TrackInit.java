package io.streaminfa.packager;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Track;
import io.streaminfa.media.codec.AudioSpecificConfig;
import io.streaminfa.media.codec.AvcDecoderConfig;
import io.streaminfa.media.codec.CodecString;
import io.streaminfa.media.mp4.InitSegment;
import io.streaminfa.transcode.Rendition;
import java.nio.ByteBuffer;

/**
 * The init segment of a rendition.
 *
 * @param version 0 for the first; counts the changes of its bytes
 * @param data the whole object, read-only
 * @param codec as in CODECS
 */
record TrackInit(int version, ByteBuffer data, String codec) {
  /**
   * @throws MediaFormatException when the codec cannot be packaged or its configuration is broken
   */
  static TrackInit first(Rendition rendition) throws MediaFormatException {
    Track track = rendition.track();
    return switch (track.config()) {
      case CodecConfig.Avc avc when rendition instanceof Rendition.Video video ->
          new TrackInit(
              0,
              InitSegment.video(avc, track.timescale(), video.size()),
              CodecString.of(AvcDecoderConfig.parse(avc.decoderConfigurationRecord())));
      case CodecConfig.Aac aac when rendition instanceof Rendition.Audio audio ->
          new TrackInit(
              0,
              InitSegment.audio(aac, track.timescale(), audio.sampleRate(), audio.channels()),
              CodecString.of(AudioSpecificConfig.parse(aac.audioSpecificConfig())));
      case CodecConfig.Avc avc -> throw notPackaged(rendition);
      case CodecConfig.Aac aac -> throw notPackaged(rendition);
      case CodecConfig.Mp3 mp3 -> throw notPackaged(rendition);
    };
  }

  private static MediaFormatException notPackaged(Rendition rendition) {
    return new MediaFormatException.Unsupported("codec_not_packaged", rendition.name());
  }

  /** This one if its bytes differ from the earlier init segment's, else the earlier. */
  TrackInit after(TrackInit earlier) {
    return data.equals(earlier.data) ? earlier : new TrackInit(earlier.version + 1, data, codec);
  }
}
