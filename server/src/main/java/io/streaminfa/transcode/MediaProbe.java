package io.streaminfa.transcode;

import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import io.streaminfa.units.Timescale;
import java.util.Locale;
import java.util.Optional;

/**
 * What a file is, as its decoders saw it.
 *
 * @param container FFmpeg's name of the format: {@code mov,mp4,m4a,3gp,3g2,mj2}
 * @param durationTicks of the video on the 90 kHz clock, as near as the file tells; the last chunk
 *     says it exactly
 * @param audio absent when there is none, or none with a packet in it
 * @param ignoredStreams cover art, subtitles, data and further tracks
 */
public record MediaProbe(
    String container, long durationTicks, Video video, Optional<Audio> audio, int ignoredStreams) {

  /**
   * The video that is encoded.
   *
   * @param index of the stream in the file
   * @param codec as in {@link ProbeLimits}
   * @param codedSize as stored
   * @param sampleAspectNumerator 1 where nothing is said
   * @param rotationDegrees clockwise, in quarter turns
   * @param displaySize after sample aspect ratio and rotation
   * @param frameRate pictures a second, never fields; an average where it varies
   * @param clock of the file's own times
   * @param rounded whether the file's times are those of the constant frame rate but for the
   *     rounding of its coarse clock
   */
  public record Video(
      int index,
      String codec,
      Resolution codedSize,
      int sampleAspectNumerator,
      int sampleAspectDenominator,
      int rotationDegrees,
      Resolution displaySize,
      FrameRate frameRate,
      boolean interlaced,
      String pixelFormat,
      int bitDepth,
      Colour colour,
      Clock clock,
      boolean rounded) {}

  /**
   * The times of the video stream: a time of {@code (t - zero) * numerator / denominator} seconds
   * on the timeline of the renditions, whose zero is the first picture.
   */
  public record Clock(long zero, int numerator, int denominator) {}

  /**
   * The audio that is encoded: the default track, else the first.
   *
   * @param layout FFmpeg's name of it, such as {@code 5.1(side)}
   * @param startTicks where its first sample is, on the 90 kHz clock from the first picture on
   */
  public record Audio(
      int index, String codec, int sampleRate, int channels, String layout, long startTicks) {}

  /** In one line, for people. */
  public String summary() {
    return String.format(
        Locale.ROOT,
        "%s, %.1f s: %s %s at %s per second%s",
        container.split(",", 2)[0],
        Timescale.VIDEO.toSeconds(durationTicks),
        video.codec(),
        video.displaySize(),
        video.frameRate(),
        audio
            .map(a -> ", %s %d Hz %s".formatted(a.codec(), a.sampleRate(), a.layout()))
            .orElse(", no audio"));
  }

  /** As live sources are told of. */
  public SourceInfo source() {
    return new SourceInfo(
        video.codec(),
        video.codedSize(),
        video.displaySize(),
        video.frameRate(),
        video.pixelFormat(),
        audio.map(Audio::codec).orElse(""),
        audio.map(Audio::sampleRate).orElse(0),
        audio.map(Audio::channels).orElse(0));
  }
}
