package io.streaminfa.ingest.upload;

import java.util.concurrent.Semaphore;

/** Requests that may send a file at once. */
final class UploadSlots {
  private final int count;
  private final Semaphore free;

  UploadSlots(int count) {
    this.count = count;
    this.free = new Semaphore(count);
  }

  /**
   * A place, to be closed at the end.
   *
   * @throws UploadRejected at once when there is none
   */
  Slot take() throws UploadRejected {
    if (!free.tryAcquire()) {
      throw new UploadRejected(
          UploadRejected.Reason.TOO_MANY, "too_many_uploads", count + " uploads run already");
    }
    return new Slot();
  }

  /** One place. Used by one thread. */
  final class Slot implements AutoCloseable {
    private boolean held = true;

    private Slot() {}

    @Override
    public void close() {
      if (held) {
        held = false;
        free.release();
      }
    }
  }
}
