package io.streaminfa.ingest.upload;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps uploads from filling the disk that live streams and the database write to. What uploads
 * have announced counts as taken, so that ten of them are not let in to room for one.
 */
final class DiskBudget {
  /** Stays free whatever is uploaded. */
  static final long RESERVE_BYTES = 512L * 1024 * 1024;

  private final FreeSpace freeSpace;
  private final ReentrantLock lock = new ReentrantLock();

  /** By uploads that run, and not yet written. */
  @GuardedBy("lock")
  private long announcedBytes;

  DiskBudget(FreeSpace freeSpace) {
    this.freeSpace = freeSpace;
  }

  /**
   * Room for one upload, to be closed at its end.
   *
   * @param bytes that will come; 0 when not known
   * @throws UploadRejected when they do not fit
   */
  Claim claim(long bytes) throws UploadRejected {
    lock.lock();
    try {
      long usable = usableBytes();
      if (usable - announcedBytes - bytes < RESERVE_BYTES) {
        throw full(usable, announcedBytes + bytes);
      }
      announcedBytes += bytes;
      return new Claim(bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Room that one upload has. Used by one thread. */
  final class Claim implements AutoCloseable {
    private long left;

    private Claim(long bytes) {
      left = bytes;
    }

    /** Turns bytes that were announced into bytes on the disk. */
    void written(long bytes) {
      long covered = Math.min(bytes, left);
      left -= covered;
      giveBack(covered);
    }

    /**
     * @throws UploadRejected when the reserve is touched, by whomever
     */
    void check() throws UploadRejected {
      long usable = usableBytes();
      if (usable < RESERVE_BYTES) {
        throw full(usable, left);
      }
    }

    @Override
    public void close() {
      giveBack(left);
      left = 0;
    }
  }

  private void giveBack(long bytes) {
    lock.lock();
    try {
      announcedBytes -= bytes;
    } finally {
      lock.unlock();
    }
  }

  private long usableBytes() throws UploadRejected {
    try {
      return freeSpace.usableBytes();
    } catch (IOException e) {
      throw UploadFile.diskFailed(e);
    }
  }

  private static UploadRejected full(long usable, long wanted) {
    return new UploadRejected(
        UploadRejected.Reason.NO_DISK,
        "disk_full",
        "the disk has %d MiB left, of which %d MiB stay free, and uploads need %d MiB"
            .formatted(usable >> 20, RESERVE_BYTES >> 20, Math.ceilDiv(wanted, 1L << 20)));
  }
}
