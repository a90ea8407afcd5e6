package io.streaminfa.storage;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Counts and times the calls of another store, which it closes with itself. */
public final class MeteredObjectStore implements ObjectStore {
  private final ObjectStore store;
  private final StorageMetrics metrics;

  public MeteredObjectStore(ObjectStore store, StorageMetrics metrics) {
    this.store = store;
    this.metrics = metrics;
  }

  private interface Call<T> {
    T run() throws StorageException, InterruptedException;
  }

  private <T> T counted(String operation, Call<T> call)
      throws StorageException, InterruptedException {
    try {
      return call.run();
    } catch (StorageException e) {
      metrics.failed(operation, e);
      throw e;
    }
  }

  @Override
  public void put(ObjectKey key, ByteBuffer data) throws StorageException, InterruptedException {
    int bytes = data.remaining();
    long startNanos = System.nanoTime();
    try {
      store.put(key, data);
    } catch (StorageException e) {
      metrics.failed("put", e);
      throw e;
    }
    metrics.putDone(key.type(), startNanos, bytes);
  }

  @Override
  public Optional<StoredObject> get(ObjectKey key) throws StorageException, InterruptedException {
    return timed(key, () -> store.get(key));
  }

  @Override
  public Optional<StoredObject> getRange(ObjectKey key, long offset, int length)
      throws StorageException, InterruptedException {
    return timed(key, () -> store.getRange(key, offset, length));
  }

  private Optional<StoredObject> timed(ObjectKey key, Call<Optional<StoredObject>> call)
      throws StorageException, InterruptedException {
    long startNanos = System.nanoTime();
    Optional<StoredObject> object = counted("get", call);
    int bytes = object.map(found -> found.data().remaining()).orElse(0);
    metrics.getDone(key.type(), startNanos, bytes);
    return object;
  }

  @Override
  public Optional<ObjectInfo> head(ObjectKey key) throws StorageException, InterruptedException {
    return counted("head", () -> store.head(key));
  }

  @Override
  public List<ObjectInfo> list(String prefix, Optional<ObjectKey> after, int limit)
      throws StorageException, InterruptedException {
    return counted("list", () -> store.list(prefix, after, limit));
  }

  @Override
  public List<String> streams(Optional<String> after, int limit)
      throws StorageException, InterruptedException {
    return counted("list", () -> store.streams(after, limit));
  }

  @Override
  public void delete(ObjectKey key) throws StorageException, InterruptedException {
    try {
      store.delete(key);
    } catch (StorageException e) {
      metrics.failed("delete", e);
      throw e;
    }
    metrics.deleted(1);
  }

  @Override
  public Deleted deletePrefix(String prefix) throws StorageException, InterruptedException {
    Deleted deleted = counted("delete_prefix", () -> store.deletePrefix(prefix));
    metrics.deleted(deleted.objects());
    return deleted;
  }

  @Override
  public void close() {
    store.close();
  }
}
