package io.streaminfa.stream;

import io.streaminfa.units.Bitrate;
import io.streaminfa.units.Resolution;
import java.util.Locale;
import java.util.Optional;

/**
 * One rendition of a stream and how far it is.
 *
 * @param name the rung's name, or {@code audio_128k}
 * @param size empty for audio
 * @param segmentsProduced since the stream began, those that left a live window included
 */
public record StreamRendition(
    String name, Optional<Resolution> size, Bitrate bitrate, long segmentsProduced, Status status) {
  /** How far a rendition is. */
  public enum Status {
    /** Segments are being made. */
    ACTIVE,
    /** Every segment is there. */
    COMPLETE,
    /** It ended with its stream, incomplete. */
    FAILED;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  StreamRendition withSegmentsProduced(long count) {
    return new StreamRendition(name, size, bitrate, count, status);
  }

  StreamRendition withStatus(Status next) {
    return new StreamRendition(name, size, bitrate, segmentsProduced, next);
  }
}
