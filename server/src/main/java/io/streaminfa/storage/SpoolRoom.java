package io.streaminfa.storage;

import io.streaminfa.storage.StorageException.Kind;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much a spool holds, and whether it takes more. Guarded by the lock of its {@link SpoolLog}.
 */
final class SpoolRoom {
  private static final Logger log = LoggerFactory.getLogger(SpoolRoom.class);

  /** After a disk was full it is not trusted to take another stream for so long. */
  private static final Duration DISTRUST = Duration.ofSeconds(10);

  private final SpoolLimits limits;
  private long bytes;
  private int operations;
  private boolean isFull;
  private long diskFullNanos = System.nanoTime() - DISTRUST.toNanos();

  SpoolRoom(SpoolLimits limits) {
    this.limits = limits;
  }

  long bytes() {
    return bytes;
  }

  int operations() {
    return operations;
  }

  boolean takesNewStreams() {
    return bytes < limits.newStreamsBytes()
        && !isFull
        && System.nanoTime() - diskFullNanos >= DISTRUST.toNanos();
  }

  /** A deletion is never refused for want of room: it makes some. */
  void occupy(SpoolFile file) throws StorageException {
    long charge = SpoolOperation.charge(file.sizeBytes());
    long limit = file.isPlaylist() ? limits.maxBytes() : limits.maxMediaBytes();
    if (file.isPut() && (bytes + charge > limit || operations >= SpoolLimits.MAX_OPERATIONS)) {
      if (!isFull) {
        log.error(
            "storage_spool_full bytes={} max_bytes={}: no more is accepted until the object store"
                + " takes some of it",
            bytes,
            limits.maxBytes());
      }
      isFull = true;
      throw StorageException.full(
          file.key(), "the spool holds " + bytes + " of at most " + limits.maxBytes() + " bytes");
    }
    take(file);
  }

  /** What an earlier process has accepted is taken whatever the limit is now. */
  void take(SpoolFile file) {
    bytes += SpoolOperation.charge(file.sizeBytes());
    operations++;
  }

  void release(SpoolFile file) {
    bytes -= SpoolOperation.charge(file.sizeBytes());
    operations--;
    if (isFull && bytes < limits.newStreamsBytes()) {
      isFull = false;
      log.info("the spool has room again: bytes={}", bytes);
    }
  }

  void diskFailed(Kind kind) {
    if (kind == Kind.FULL) {
      diskFullNanos = System.nanoTime();
    }
  }
}
