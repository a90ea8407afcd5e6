package io.streaminfa.storage.s3;

import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageException;
import java.nio.ByteBuffer;

/** What an object says of how long it may be kept, for who reads the bucket without the origin. */
@FunctionalInterface
public interface CacheControl {
  /**
   * The value of the object's Cache-Control.
   *
   * @param data of the object that is about to be stored, from position to limit
   * @param store to look at what the object refers to
   */
  String of(ObjectKey key, ByteBuffer data, ObjectStore store)
      throws StorageException, InterruptedException;
}
