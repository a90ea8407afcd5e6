package io.streaminfa.pipeline;

import java.time.Duration;

/**
 * The bounds of live streams.
 *
 * @param maxStreams at once; a stream in its reconnect window counts, one that is being finished
 *     does not
 * @param reconnectWindow how long a lost publisher is waited for; zero ends the stream with its
 *     connection
 * @param endingGrace how long the end of a live playlist stays before the recording takes its URL
 * @param deadAfter a publisher that has sent nothing for so long gives way to another
 * @param closeDeadline how long a stopping server waits for its streams to be finalised
 */
public record LiveLimits(
    int maxStreams,
    Duration reconnectWindow,
    Duration endingGrace,
    Duration deadAfter,
    Duration closeDeadline) {
  /** Encoders send some frame at least every second. */
  public static final Duration DEAD_AFTER = Duration.ofSeconds(5);

  /**
   * A player reloads a live playlist at least once in one and a half target durations, so after
   * that each one has seen the end.
   */
  public static Duration endingGraceOf(Duration segmentDuration) {
    // In longs: the calculations of Duration are BigDecimal's, which takes 20 ms of a start to
    // load.
    return Duration.ofNanos(segmentDuration.toNanos() * 3 / 2);
  }
}
