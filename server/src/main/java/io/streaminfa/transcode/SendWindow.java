package io.streaminfa.transcode;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bounded queue between a publisher and its worker, counted where the publisher waits: packets
 * that were sent and that the worker has not yet said it has taken.
 */
final class SendWindow {
  static final int MAX_PACKETS = 256;

  /** A single larger packet may pass when nothing else is under way. */
  static final long MAX_BYTES = 8 << 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private long sentPackets;

  @GuardedBy("lock")
  private long sentBytes;

  @GuardedBy("lock")
  private long consumedPackets;

  @GuardedBy("lock")
  private long consumedBytes;

  @GuardedBy("lock")
  private boolean closed;

  /**
   * Waits for room.
   *
   * @return nanoseconds waited, 0 when there was room; -1 when the window is closed
   */
  long acquire(int bytes) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long waitedSince = 0;
      while (!closed && !hasRoom(bytes)) {
        if (waitedSince == 0) {
          waitedSince = System.nanoTime();
        }
        changed.await();
      }
      if (closed) {
        return -1;
      }
      sentPackets++;
      sentBytes += bytes;
      return waitedSince == 0 ? 0 : Math.max(1, System.nanoTime() - waitedSince);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean hasRoom(int bytes) {
    long packets = sentPackets - consumedPackets;
    return packets == 0
        || (packets < MAX_PACKETS && sentBytes - consumedBytes + bytes <= MAX_BYTES);
  }

  /** What the worker has taken since its start. */
  void consumed(long packets, long bytes) {
    lock.lock();
    try {
      consumedPackets = packets;
      consumedBytes = bytes;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Wakes whoever waits; nothing is admitted any more. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int depth() {
    lock.lock();
    try {
      return (int) Math.max(0, sentPackets - consumedPackets);
    } finally {
      lock.unlock();
    }
  }

  /** 0 to 1, of packets or of bytes, whichever is fuller. */
  double utilization() {
    lock.lock();
    try {
      double packets = (double) (sentPackets - consumedPackets) / MAX_PACKETS;
      double bytes = (double) (sentBytes - consumedBytes) / MAX_BYTES;
      return Math.clamp(Math.max(packets, bytes), 0, 1);
    } finally {
      lock.unlock();
    }
  }
}
