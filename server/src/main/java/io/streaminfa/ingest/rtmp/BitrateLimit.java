package io.streaminfa.ingest.rtmp;

import io.streaminfa.units.Bitrate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Whether a publisher has been above its limit for ten seconds on average. */
final class BitrateLimit {
  private static final int WINDOW_SECONDS = 10;
  private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

  private final Bitrate limit;
  private final Deque<Long> bytesPerSecond = new ArrayDeque<>(WINDOW_SECONDS);
  private long secondBeganNanos;
  private long bytesThisSecond;
  private long bytesInWindow;

  BitrateLimit(Bitrate limit, long nowNanos) {
    this.limit = limit;
    this.secondBeganNanos = nowNanos;
  }

  /**
   * Counts media.
   *
   * @return whether the last ten whole seconds were above the limit
   */
  boolean exceededBy(int bytes, long nowNanos) {
    boolean exceeded = false;
    long silentSeconds = (nowNanos - secondBeganNanos) / SECOND_NANOS;
    for (long i = 0; i < Math.min(silentSeconds, WINDOW_SECONDS); i++) {
      exceeded |= endSecond();
    }
    secondBeganNanos += silentSeconds * SECOND_NANOS;
    bytesThisSecond += bytes;
    return exceeded;
  }

  private boolean endSecond() {
    if (bytesPerSecond.size() == WINDOW_SECONDS) {
      bytesInWindow -= bytesPerSecond.removeFirst();
    }
    bytesPerSecond.addLast(bytesThisSecond);
    bytesInWindow += bytesThisSecond;
    bytesThisSecond = 0;
    return bytesPerSecond.size() == WINDOW_SECONDS
        && bytesInWindow * 8 > limit.bitsPerSecond() * WINDOW_SECONDS;
  }
}
