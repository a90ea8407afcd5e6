package io.streaminfa.delivery;

import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageException;
import java.nio.ByteBuffer;

/** What an object says of itself in a bucket: the same as the origin says of it. */
public final class StoredCacheControl {
  private final CachePolicy policy;

  public StoredCacheControl(DeliverySettings settings) {
    policy = CachePolicy.of(settings);
  }

  /**
   * The Cache-Control of an object.
   *
   * @param store where the media playlists of a multivariant one are
   */
  public String of(ObjectKey key, ByteBuffer data, ObjectStore store)
      throws StorageException, InterruptedException {
    return policy.cacheControl(CachePolicy.isFinal(key, data, store));
  }
}
