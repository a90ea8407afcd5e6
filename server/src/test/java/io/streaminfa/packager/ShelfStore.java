package io.streaminfa.packager;

import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/** A store on a shelf: puts can be made to fail or to wait. */
final class ShelfStore implements ObjectStore {
  final ConcurrentSkipListMap<ObjectKey, ByteBuffer> objects = new ConcurrentSkipListMap<>();
  final List<ObjectKey> puts = new CopyOnWriteArrayList<>();
  volatile Predicate<ObjectKey> failing = key -> false;
  volatile boolean gated;
  final Semaphore gate = new Semaphore(0);

  @Override
  public void put(ObjectKey key, ByteBuffer data) throws StorageException, InterruptedException {
    if (gated) {
      gate.acquire();
    }
    if (failing.test(key)) {
      throw new StorageException(
          StorageException.Kind.UNAVAILABLE, "told to fail", new java.io.IOException());
    }
    ByteBuffer copy = ByteBuffer.allocate(data.remaining());
    copy.put(data.duplicate()).flip();
    objects.put(key, copy.asReadOnlyBuffer());
    puts.add(key);
  }

  @Override
  public Optional<StoredObject> get(ObjectKey key) {
    return Optional.ofNullable(objects.get(key))
        .map(data -> new StoredObject(info(key, data), data.duplicate()));
  }

  @Override
  public Optional<StoredObject> getRange(ObjectKey key, long offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<ObjectInfo> head(ObjectKey key) {
    return Optional.ofNullable(objects.get(key)).map(data -> info(key, data));
  }

  @Override
  public List<ObjectInfo> list(String prefix, Optional<ObjectKey> after, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void delete(ObjectKey key) {
    objects.remove(key);
  }

  @Override
  public Deleted deletePrefix(String prefix) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}

  private static ObjectInfo info(ObjectKey key, ByteBuffer data) {
    return new ObjectInfo(key, data.remaining(), Integer.toHexString(data.hashCode()));
  }
}
