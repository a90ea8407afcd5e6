package io.streaminfa.stream;

import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import java.util.Optional;

/** What the decoder saw of a stream's source; never what its publisher claimed. */
public record MediaInfo(Optional<Video> video, Optional<Audio> audio) {
  /**
   * @param codec such as {@code h264}
   * @param size after rotation and sample aspect ratio
   */
  public record Video(String codec, Resolution size, FrameRate frameRate) {}

  /**
   * @param codec such as {@code aac}
   * @param sampleRate Hz
   */
  public record Audio(String codec, int sampleRate, int channels) {}
}
