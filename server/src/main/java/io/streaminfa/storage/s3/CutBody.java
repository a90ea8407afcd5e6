package io.streaminfa.storage.s3;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A body ended before, or went on after, the length that its header announced. */
final class CutBody extends IOException {
  private static final long serialVersionUID = 1L;

  CutBody(long receivedBytes, long announcedBytes, @Nullable Throwable cause) {
    super("a body broke off: " + receivedBytes + " of " + announcedBytes + " bytes", cause);
  }
}
