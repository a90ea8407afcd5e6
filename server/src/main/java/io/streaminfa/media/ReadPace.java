package io.streaminfa.media;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets the thread that reads a live connection wake at most so often. Media comes in many small
 * pieces, one or two to a frame and often a header for itself, and to a server with many streams
 * each waking costs more than the bytes it brings. Nothing is lost by waiting: what comes meanwhile
 * is in the socket's buffer, and a buffer that was read full is read again at once.
 *
 * <p>For one thread.
 */
public final class ReadPace {
  private static final long OFF = 0;

  private long intervalNanos = OFF;
  private long lastReadNanos;
  private boolean isBehind;

  /** From now on; before, reads are not held up. */
  public void set(Duration interval) {
    intervalNanos = interval.toNanos();
  }

  /** Waits until the next read is due; an interrupt ends the wait and stays set. */
  public void awaitDue() {
    if (intervalNanos == OFF || isBehind) {
      return;
    }
    long dueNanos = lastReadNanos + intervalNanos;
    for (long left = dueNanos - System.nanoTime();
        left > 0 && !Thread.currentThread().isInterrupted();
        left = dueNanos - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
  }

  /**
   * @param wasFull whether there may be more than what was read
   */
  public void hasRead(boolean wasFull) {
    isBehind = wasFull;
    lastReadNanos = System.nanoTime();
  }
}
