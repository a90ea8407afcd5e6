package io.streaminfa.packager.hls;

import java.time.Instant;
import java.util.Optional;

/**
 * One entry of a media playlist.
 *
 * @param uri relative to the playlist
 * @param durationMicros at least 1
 * @param discontinuity whether EXT-X-DISCONTINUITY stands before it
 * @param gap whether its media is lost: EXT-X-GAP
 * @param programDateTime of its first sample, whole milliseconds
 * @param map the URI of the init segment in force, written where it changes
 */
public record MediaSegment(
    String uri,
    long durationMicros,
    boolean discontinuity,
    boolean gap,
    Optional<Instant> programDateTime,
    Optional<String> map) {
  public MediaSegment {
    if (durationMicros < 1) {
      throw new IllegalArgumentException("EXTINF of " + durationMicros + " us");
    }
  }
}
