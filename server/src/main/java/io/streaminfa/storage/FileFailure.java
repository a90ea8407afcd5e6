package io.streaminfa.storage;

import io.streaminfa.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.util.Locale;

/** Gives the errors of a file system the store's typed kinds. */
final class FileFailure {
  private FileFailure() {}

  /** An interrupted read or write is an interrupt, not a broken disk. */
  static StorageException interruptedOr(String what, IOException cause)
      throws InterruptedException {
    if (cause instanceof ClosedByInterruptException) {
      Thread.interrupted();
      InterruptedException interrupted = new InterruptedException(what);
      interrupted.initCause(cause);
      throw interrupted;
    }
    return of(what, cause);
  }

  static StorageException of(String what, IOException cause) {
    return new StorageException(kind(cause), what + ": " + cause.getMessage(), cause);
  }

  private static Kind kind(IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return Kind.DENIED;
    }
    if (cause instanceof FileAlreadyExistsException) {
      return Kind.CORRUPT;
    }
    String reason = reason(cause).toLowerCase(Locale.ROOT);
    // The JDK has no exception for ENOSPC and EDQUOT; these are strerror(3)'s words.
    if (reason.contains("no space left") || reason.contains("quota exceeded")) {
      return Kind.FULL;
    }
    return reason.contains("read-only file system") ? Kind.DENIED : Kind.UNAVAILABLE;
  }

  private static String reason(IOException cause) {
    String reason =
        cause instanceof FileSystemException file ? file.getReason() : cause.getMessage();
    return reason == null ? "" : reason;
  }
}
