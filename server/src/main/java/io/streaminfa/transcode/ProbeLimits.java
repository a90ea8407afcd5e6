package io.streaminfa.transcode;

import java.time.Duration;
import java.util.List;

/**
 * What a file may be.
 *
 * @param videoCodecs names as in {@code ingest.allowed_codecs}: h264, hevc, av1, vp9, mpeg4, mpeg2,
 *     prores
 * @param audioCodecs names as in {@code ingest.allowed_audio_codecs}: aac, mp3, opus, flac, ac3,
 *     pcm
 * @param maxLongEdgePixels of the coded and of the displayed picture
 */
public record ProbeLimits(
    List<String> videoCodecs,
    List<String> audioCodecs,
    Duration maxDuration,
    int maxLongEdgePixels) {
  public ProbeLimits {
    videoCodecs = List.copyOf(videoCodecs);
    audioCodecs = List.copyOf(audioCodecs);
  }
}
