package io.streaminfa.transcode;

import io.streaminfa.media.Track;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;

/** What a worker really produces: one encoded track and how it is called. */
public sealed interface Rendition {
  /** The directory in object keys: the rung's name, or {@code audio_128k}. */
  String name();

  /** The encoded track; its configuration comes from the encoder. */
  Track track();

  /** The encoder's target. */
  Bitrate bitrate();

  /**
   * @param peakBitrate the VBV's maxrate
   * @param audioName the audio rendition that belongs to it; empty when the source has no audio
   */
  record Video(
      String name,
      Track track,
      Bitrate bitrate,
      Bitrate peakBitrate,
      Resolution size,
      FrameRate frameRate,
      String audioName)
      implements Rendition {}

  /** Stereo or mono AAC. */
  record Audio(String name, Track track, Bitrate bitrate, int sampleRate, int channels)
      implements Rendition {}
}
