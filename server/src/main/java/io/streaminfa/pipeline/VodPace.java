package io.streaminfa.pipeline;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How fast a file is being encoded, and so how long it will take yet. Live streams take cores and
 * give them back, so only the last while counts. Of one thread at a time.
 */
final class VodPace {
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Before that a worker's start counts for more than its work. */
  private static final long LEAST_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** More than are reported in the window: two a second, and the ends of chunks. */
  private static final int MAX_MARKS = 240;

  /** What is longer is no estimate. */
  private static final double MAX_NANOS = TimeUnit.DAYS.toNanos(30);

  private final Deque<Mark> marks = new ArrayDeque<>();

  private record Mark(long nanos, double fraction) {}

  /**
   * @param nanos a time of {@link System#nanoTime}
   * @param fraction of the file's pictures that are encoded, 0 to 1
   */
  void reached(long nanos, double fraction) {
    marks.addLast(new Mark(nanos, fraction));
    while (marks.size() > MAX_MARKS
        || (marks.size() > 2 && nanos - marks.element().nanos() > WINDOW_NANOS)) {
      marks.remove();
    }
  }

  /** Empty until enough has been seen, and while nothing moves. */
  Optional<Duration> remaining() {
    Mark first = marks.peekFirst();
    Mark last = marks.peekLast();
    if (first == null || last == null) {
      return Optional.empty();
    }
    long nanos = last.nanos() - first.nanos();
    double done = last.fraction() - first.fraction();
    if (nanos < LEAST_NANOS || done <= 0) {
      return Optional.empty();
    }
    double left = Math.max(0, 1 - last.fraction()) * nanos / done;
    return left > MAX_NANOS ? Optional.empty() : Optional.of(Duration.ofNanos((long) left));
  }
}
