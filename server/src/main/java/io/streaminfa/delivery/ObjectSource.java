package io.streaminfa.delivery;

import io.streaminfa.packager.LivePlaylists;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectKey.ObjectType;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.ObjectStore.ObjectInfo;
import io.streaminfa.storage.ObjectStore.StoredObject;
import io.streaminfa.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Where objects come from when they are not cached. Its calls block. */
final class ObjectSource {
  /** Beyond it a range is read as a range, and the object is not cached. */
  static final int LARGE_BYTES = 16 << 20;

  private final LivePlaylists live;
  private final ObjectStore store;

  ObjectSource(LivePlaylists live, ObjectStore store) {
    this.live = live;
    this.store = store;
  }

  Optional<ServedObject> read(ObjectKey key) throws StorageException, InterruptedException {
    Optional<ByteBuffer> media = live.media(key);
    if (media.isPresent()) {
      return Optional.of(ServedObject.of(key, true, media.get()));
    }
    Optional<StoredObject> stored = store.get(key);
    return stored.isPresent() ? Optional.of(served(key, stored.get())) : Optional.empty();
  }

  private ServedObject served(ObjectKey key, StoredObject stored)
      throws StorageException, InterruptedException {
    boolean isFinal =
        !isOfLiveStream(key, stored.data()) && CachePolicy.isFinal(key, stored.data(), store);
    return stored.info().sizeBytes() > LARGE_BYTES
        ? ServedObject.of(key, isFinal, stored.data(), stored.info().etag())
        : ServedObject.of(key, isFinal, stored.data());
  }

  /** Whether a multivariant playlist names a media playlist that is still served live. */
  private boolean isOfLiveStream(ObjectKey key, ByteBuffer data) {
    return key.type() == ObjectType.MANIFEST
        && CachePolicy.firstMediaPlaylist(key, data)
            .filter(media -> live.playlist(media).isPresent())
            .isPresent();
  }

  /** What is known of an object that is too large to be loaded for a part of it. */
  Optional<ObjectInfo> large(ObjectKey key) throws StorageException, InterruptedException {
    if (!CachePolicy.isImmutable(key.type()) || live.media(key).isPresent()) {
      return Optional.empty();
    }
    return store.head(key).filter(info -> info.sizeBytes() > LARGE_BYTES);
  }

  Optional<StoredObject> range(ObjectKey key, RangeRequest.Slice slice)
      throws StorageException, InterruptedException {
    return store.getRange(key, slice.first(), Math.toIntExact(slice.length()));
  }
}
