package io.streaminfa.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The distance of two looks at something that tells nobody when it changes. */
final class Pause {
  private Pause() {}

  /** Returns early when the thread is interrupted, and leaves it so. */
  static void ofMillis(long millis) {
    long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long leftNanos = endNanos - System.nanoTime();
    while (leftNanos > 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(leftNanos);
      leftNanos = endNanos - System.nanoTime();
    }
  }
}
