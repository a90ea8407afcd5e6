package io.streaminfa.ingest.upload;

/** Bytes that arrive. */
@FunctionalInterface
interface ByteSource {
  /**
   * Waits for at least one byte.
   *
   * @return how many came, 1 to {@code length}; -1 at the end
   * @throws UploadRejected when no more will come
   */
  int read(byte[] bytes, int offset, int length) throws UploadRejected, InterruptedException;
}
