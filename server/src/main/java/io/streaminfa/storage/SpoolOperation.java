package io.streaminfa.storage;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An operation that waits for the store behind, or is being carried out. Guarded by the lock of its
 * {@link SpoolLog}, but for what is final.
 */
final class SpoolOperation {
  /** What a file occupies at least, so that many small ones are not free. */
  private static final long BLOCK_BYTES = 4096;

  final SpoolFile file;

  /** Of a wipe: completed with what the store behind had, or cancelled at the end. */
  final CompletableFuture<SpoolDrain.Wiped> wiped = new CompletableFuture<>();

  /** When the oldest of what this stands for was accepted, in wall-clock milliseconds. */
  long acceptedAtMs;

  /**
   * The sequence number of the oldest version of this playlist that no version has been stored
   * since; 0 when an earlier process may have known an older one.
   */
  long firstSequence;

  /** What has to be carried out on the same key before; null: nothing. */
  @Nullable SpoolOperation predecessor;

  boolean inFlight;
  boolean done;

  SpoolOperation(SpoolFile file, long acceptedAtMs, long firstSequence) {
    this.file = file;
    this.acceptedAtMs = acceptedAtMs;
    this.firstSequence = firstSequence;
  }

  long sequence() {
    return file.sequence();
  }

  boolean isFree() {
    if (predecessor != null && predecessor.done) {
      predecessor = null; // or the versions of a playlist would be a chain without an end
    }
    return !inFlight && predecessor == null;
  }

  /** Stands for an older version of the same playlist too. */
  void absorb(SpoolOperation older) {
    firstSequence = Math.min(firstSequence, older.firstSequence);
    acceptedAtMs = Math.min(acceptedAtMs, older.acceptedAtMs);
  }

  /** What the operation's file counts against the limit. */
  long chargedBytes() {
    return charge(file.sizeBytes());
  }

  static long charge(long sizeBytes) {
    return Math.max(sizeBytes, BLOCK_BYTES);
  }
}
