package io.streaminfa.packager;

import io.streaminfa.storage.ObjectKey;
import java.time.Instant;

/** Deletes, later, what no playlist lists any more and no recording needs. */
@FunctionalInterface
public interface SegmentExpiry {
  /** The object may be deleted at any time after {@code after}, and not before. Must not block. */
  void expire(ObjectKey key, Instant after);
}
