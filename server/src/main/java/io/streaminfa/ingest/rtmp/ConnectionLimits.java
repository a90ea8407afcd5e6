package io.streaminfa.ingest.rtmp;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.locks.ReentrantLock;

/** How many connections there are: pending until their publisher is accepted, then publishing. */
final class ConnectionLimits {
  private final int maxPending;
  private final int maxPublishing;

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private int pending;

  @GuardedBy("lock")
  private int publishing;

  ConnectionLimits(int maxPending, int maxPublishing) {
    this.maxPending = maxPending;
    this.maxPublishing = maxPublishing;
  }

  /** Counts a new connection as pending; false when there is no room. */
  boolean enter() {
    lock.lock();
    try {
      if (pending >= maxPending) {
        return false;
      }
      pending++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** From pending to publishing; false when there is no room. */
  boolean beginPublishing() {
    lock.lock();
    try {
      if (publishing >= maxPublishing) {
        return false;
      }
      publishing++;
      pending--;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Back to pending. */
  void endPublishing() {
    lock.lock();
    try {
      publishing--;
      pending++;
    } finally {
      lock.unlock();
    }
  }

  /** A pending connection is gone. */
  void leave() {
    lock.lock();
    try {
      pending--;
    } finally {
      lock.unlock();
    }
  }
}
