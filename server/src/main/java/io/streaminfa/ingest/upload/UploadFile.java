package io.streaminfa.ingest.upload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that an upload writes, under its limits. Used by one thread, which gets an {@link
 * InterruptedException} where it was interrupted in the middle of a write.
 */
final class UploadFile implements AutoCloseable {
  /**
   * Between two looks at the disk, and two syncs: without these the last one would have to write
   * what a machine's memory holds, while the client waits for its answer.
   */
  static final long SYNC_BYTES = 64L * 1024 * 1024;

  private static final Logger log = LoggerFactory.getLogger(UploadFile.class);

  private final Path path;
  private final FileChannel channel;
  private final DiskBudget.Claim claim;
  private final long maxBytes;
  private long size;
  private long unsynced;

  private UploadFile(
      Path path, FileChannel channel, DiskBudget.Claim claim, long maxBytes, long size) {
    this.path = path;
    this.channel = channel;
    this.claim = claim;
    this.maxBytes = maxBytes;
    this.size = size;
  }

  /** A new file. */
  static UploadFile create(Path path, DiskBudget.Claim claim, long maxBytes)
      throws UploadRejected, InterruptedException {
    try {
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      return new UploadFile(path, channel, claim, maxBytes, 0);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** A file that goes on behind {@code size}; what it has beyond is cut off. */
  static UploadFile reopen(Path path, DiskBudget.Claim claim, long maxBytes, long size)
      throws UploadRejected, InterruptedException {
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
      UploadFile file = new UploadFile(path, channel, claim, maxBytes, size);
      file.truncate(size);
      return file;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  Path path() {
    return path;
  }

  long size() {
    return size;
  }

  /** Whether so much came since the last {@link #sync} that it is time for one. */
  boolean wantsSync() {
    return unsynced >= SYNC_BYTES;
  }

  /**
   * @throws UploadRejected when the file becomes too large, or the disk too full
   */
  void write(ByteBuffer bytes) throws UploadRejected, InterruptedException {
    if (bytes.remaining() > maxBytes - size) {
      throw tooLarge(maxBytes);
    }
    try {
      while (bytes.hasRemaining()) {
        int written = channel.write(bytes);
        size += written;
        unsynced += written;
        claim.written(written);
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** What was written survives a power cut from now on. */
  void sync() throws UploadRejected, InterruptedException {
    claim.check();
    try {
      channel.force(true);
      unsynced = 0;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  void truncate(long length) throws UploadRejected, InterruptedException {
    try {
      channel.truncate(length);
      channel.position(length);
      size = length;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      log.warn("upload_file_not_closed file={} error={}", path.getFileName(), e.getMessage());
    }
  }

  /** Closes and removes it. */
  void delete() {
    close();
    delete(path);
  }

  /** Removes a file, if it is there. */
  static void delete(Path path) {
    try {
      boolean _ = Files.deleteIfExists(path);
    } catch (IOException e) {
      // The next start sweeps it.
      log.warn("upload_file_not_deleted file={} error={}", path.getFileName(), e.getMessage());
    }
  }

  static UploadRejected tooLarge(long maxBytes) {
    return new UploadRejected(
        UploadRejected.Reason.TOO_LARGE,
        "file_too_large",
        "a file may have at most " + maxBytes + " bytes");
  }

  private static UploadRejected failed(IOException e) throws InterruptedException {
    if (e instanceof ClosedByInterruptException) {
      boolean _ = Thread.interrupted();
      throw new InterruptedException("interrupted while writing");
    }
    return diskFailed(e);
  }

  static UploadRejected diskFailed(IOException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
      return new UploadRejected(
          UploadRejected.Reason.NO_DISK, "disk_full", "there is no room on the disk");
    }
    log.error("upload_disk_failed", e);
    return new UploadRejected(
        UploadRejected.Reason.DISK_FAILED, "disk_failed", "the disk failed; try again");
  }
}
