package io.streaminfa.storage;

import java.time.Duration;

/**
 * The bounds of a spool.
 *
 * @param maxBytes of objects that wait; at least {@link #MIN_BYTES}
 * @param firstRetry before an operation that failed is tried again; doubled with each failure in a
 *     row of its stream, and spread at random
 * @param slowestRetry the longest pause; nothing that was accepted is ever given up
 */
public record SpoolLimits(long maxBytes, Duration firstRetry, Duration slowestRetry) {
  /** Below it not even the reserve for playlists is worth the name. */
  public static final long MIN_BYTES = 1 << 20;

  /** Streams whose operations are carried out at once. */
  static final int MAX_STREAMS_AT_ONCE = 8;

  /** Operations of one stream that are carried out at once. */
  static final int MAX_OPERATIONS_OF_STREAM = 6;

  /** A stream that fails so often in a row tries one operation at a time. */
  static final int FAILURES_BEFORE_ONE_AT_A_TIME = 3;

  /** Bytes that are in memory on their way to the store behind, but for one larger object. */
  static final long MAX_BYTES_IN_FLIGHT = 32L << 20;

  /** Operations that wait at most: what is kept in memory of each is some hundred bytes. */
  static final int MAX_OPERATIONS = 500_000;

  /** Playlists may use what segments may not: without them the store behind would be wrong. */
  private static final long MAX_PLAYLIST_RESERVE = 64L << 20;

  private static final int PLAYLIST_RESERVE_PART = 20;

  /** From here on no new stream is begun, in hundredths of the limit. */
  private static final int NEW_STREAMS_PERCENT = 90;

  public SpoolLimits {
    if (maxBytes < MIN_BYTES) {
      throw new IllegalArgumentException("a spool of " + maxBytes + " bytes is too small");
    }
  }

  /** The pauses that suit a store which may be away for minutes. */
  public static SpoolLimits of(long maxBytes, Duration firstRetry) {
    return new SpoolLimits(Math.max(MIN_BYTES, maxBytes), firstRetry, Duration.ofSeconds(5));
  }

  long maxMediaBytes() {
    return maxBytes - Math.min(MAX_PLAYLIST_RESERVE, maxBytes / PLAYLIST_RESERVE_PART);
  }

  long newStreamsBytes() {
    return maxBytes / 100 * NEW_STREAMS_PERCENT;
  }
}
