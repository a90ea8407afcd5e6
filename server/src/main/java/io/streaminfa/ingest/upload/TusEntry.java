package io.streaminfa.ingest.upload;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One resumable upload of this process: its state, and who may change it. */
final class TusEntry {
  /**
   * A client that lost its network comes back sooner than its old connection is known to be dead;
   * one that has sent nothing for so long gives way to it.
   */
  static final Duration IDLE = Duration.ofSeconds(2);

  /** For the one that gives way to save what it has. */
  private static final Duration GIVE_WAY_DEADLINE = Duration.ofSeconds(5);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition released = lock.newCondition();

  @GuardedBy("lock")
  private TusState state;

  /** Whether the handler knows that this upload has the stream. */
  @GuardedBy("lock")
  private boolean open;

  @GuardedBy("lock")
  private boolean held;

  @GuardedBy("lock")
  private boolean removed;

  @GuardedBy("lock")
  private @Nullable RequestBody writer;

  TusEntry(TusState state, boolean open) {
    this.state = state;
    this.open = open;
  }

  TusState state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }

  /** Only with a {@link Hold}. */
  void replace(TusState next) {
    lock.lock();
    try {
      state = next;
    } finally {
      lock.unlock();
    }
  }

  boolean isOpen() {
    lock.lock();
    try {
      return open;
    } finally {
      lock.unlock();
    }
  }

  /** Only with a {@link Hold}. */
  void setOpen(boolean value) {
    lock.lock();
    try {
      open = value;
    } finally {
      lock.unlock();
    }
  }

  boolean isRemoved() {
    lock.lock();
    try {
      return removed;
    } finally {
      lock.unlock();
    }
  }

  /** Only with a {@link Hold}: nobody gets one any more. */
  void remove() {
    lock.lock();
    try {
      removed = true;
    } finally {
      lock.unlock();
    }
  }

  /** Lets a writer whose client is as good as gone save what it has, so that the offset is true. */
  void settle() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      boolean _ = giveWay();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The right to change this upload, until it is closed.
   *
   * @param body of the request that writes; null for one that does not
   * @throws UploadRejected 423 when another request has it; 404 when the upload is gone
   */
  Hold hold(@Nullable RequestBody body) throws UploadRejected, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (!giveWay()) {
        throw new UploadRejected(
            UploadRejected.Reason.LOCKED, "upload_locked", "another request writes this upload");
      }
      if (removed) {
        throw TusUploads.unknown();
      }
      held = true;
      writer = body;
      return new Hold();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean giveWay() throws InterruptedException {
    long left = GIVE_WAY_DEADLINE.toNanos();
    while (held && writer != null && writer.endWhenIdle(IDLE) && left > 0) {
      left = released.awaitNanos(left);
    }
    return !held;
  }

  /** A place where changes are made. */
  final class Hold implements AutoCloseable {
    private Hold() {}

    @Override
    public void close() {
      lock.lock();
      try {
        held = false;
        writer = null;
        released.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
