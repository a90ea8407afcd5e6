package io.streaminfa.storage;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** A store that behaves like another, but for what a test overrides. */
public class ForwardingStore implements ObjectStore {
  private final ObjectStore store;

  public ForwardingStore(ObjectStore store) {
    this.store = store;
  }

  @Override
  public void put(ObjectKey key, ByteBuffer data) throws StorageException, InterruptedException {
    store.put(key, data);
  }

  @Override
  public Optional<StoredObject> get(ObjectKey key) throws StorageException, InterruptedException {
    return store.get(key);
  }

  @Override
  public Optional<StoredObject> getRange(ObjectKey key, long offset, int length)
      throws StorageException, InterruptedException {
    return store.getRange(key, offset, length);
  }

  @Override
  public Optional<ObjectInfo> head(ObjectKey key) throws StorageException, InterruptedException {
    return store.head(key);
  }

  @Override
  public List<ObjectInfo> list(String prefix, Optional<ObjectKey> after, int limit)
      throws StorageException, InterruptedException {
    return store.list(prefix, after, limit);
  }

  @Override
  public void delete(ObjectKey key) throws StorageException, InterruptedException {
    store.delete(key);
  }

  @Override
  public Deleted deletePrefix(String prefix) throws StorageException, InterruptedException {
    return store.deletePrefix(prefix);
  }

  @Override
  public void close() {
    store.close();
  }
}
