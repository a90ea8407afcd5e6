package io.streaminfa.pipeline;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * How often a stream's worker may be replaced before the stream is given up: a source that crashes
 * every worker must not keep the machine busy for ever.
 *
 * <p>Not safe for use by several threads.
 */
final class RestartBudget {
  static final int MAX_FAILURES = 3;
  static final Duration WINDOW = Duration.ofMinutes(1);

  private final LongSupplier nanoTime;
  private final Deque<Long> failures = new ArrayDeque<>(MAX_FAILURES);

  RestartBudget(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Counts a failure; false when it was the third within a minute. */
  boolean allowsAfterFailure() {
    long now = nanoTime.getAsLong();
    while (!failures.isEmpty() && now - failures.peekFirst() > WINDOW.toNanos()) {
      failures.removeFirst();
    }
    failures.addLast(now);
    return failures.size() < MAX_FAILURES;
  }
}
