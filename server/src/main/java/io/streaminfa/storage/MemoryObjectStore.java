package io.streaminfa.storage;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Objects in this process's memory, gone with it: for trials and tests.
 *
 * <p>Ownership: a read-only buffer given to {@link #put} is kept, not copied, so its owner must
 * never change the bytes behind it again. A writable buffer is copied.
 */
public final class MemoryObjectStore implements ObjectStore {
  private final long maxBytes;
  private final AtomicLong usedBytes = new AtomicLong();
  private final AtomicLong lastVersion = new AtomicLong();
  private final ConcurrentNavigableMap<ObjectKey, StoredObject> objects =
      new ConcurrentSkipListMap<>();

  /**
   * @param maxBytes a put that would keep more than this fails as {@link
   *     StorageException.Kind#FULL}
   */
  public MemoryObjectStore(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public void put(ObjectKey key, ByteBuffer data) throws StorageException {
    int size = data.remaining();
    if (usedBytes.addAndGet(size) > maxBytes) {
      usedBytes.addAndGet(-size);
      throw StorageException.full(key, "the memory store keeps at most " + maxBytes + " bytes");
    }
    String etag = Long.toHexString(lastVersion.incrementAndGet());
    StoredObject replaced =
        objects.put(key, new StoredObject(new ObjectInfo(key, size, etag), kept(data)));
    if (replaced != null) {
      usedBytes.addAndGet(-replaced.info().sizeBytes());
    }
  }

  private static ByteBuffer kept(ByteBuffer data) {
    if (data.isReadOnly()) {
      return data.slice();
    }
    ByteBuffer copy = ByteBuffer.allocate(data.remaining());
    copy.put(0, data, data.position(), data.remaining());
    return copy.asReadOnlyBuffer();
  }

  @Override
  public Optional<StoredObject> get(ObjectKey key) {
    return Optional.ofNullable(objects.get(key))
        .map(object -> new StoredObject(object.info(), object.data().duplicate()));
  }

  @Override
  public Optional<StoredObject> getRange(ObjectKey key, long offset, int length) {
    ByteRange.checkArguments(offset, length);
    return Optional.ofNullable(objects.get(key)).map(object -> slice(object, offset, length));
  }

  private static StoredObject slice(StoredObject object, long offset, int length) {
    ByteBuffer data = object.data();
    int size = data.limit();
    int start = (int) Math.min(offset, size);
    return new StoredObject(object.info(), data.slice(start, Math.min(length, size - start)));
  }

  @Override
  public Optional<ObjectInfo> head(ObjectKey key) {
    return Optional.ofNullable(objects.get(key)).map(StoredObject::info);
  }

  @Override
  public List<ObjectInfo> list(String prefix, Optional<ObjectKey> after, int limit) {
    KeyPrefix.checkForList(prefix);
    List<ObjectInfo> page = new ArrayList<>();
    for (StoredObject object : under(prefix, after).values()) {
      if (page.size() == limit || !object.info().key().value().startsWith(prefix)) {
        break;
      }
      page.add(object.info());
    }
    return List.copyOf(page);
  }

  private NavigableMap<ObjectKey, StoredObject> under(String prefix, Optional<ObjectKey> after) {
    if (prefix.isEmpty()) {
      return after.isPresent() ? objects.tailMap(after.get(), false) : objects;
    }
    ObjectKey first = new ObjectKey(prefix + KeyPrefix.LOWEST_NAME);
    return after.filter(key -> key.compareTo(first) >= 0).isPresent()
        ? objects.tailMap(after.get(), false)
        : objects.tailMap(first, true);
  }

  @Override
  public void delete(ObjectKey key) {
    StoredObject removed = objects.remove(key);
    if (removed != null) {
      usedBytes.addAndGet(-removed.info().sizeBytes());
    }
  }

  @Override
  public Deleted deletePrefix(String prefix) {
    KeyPrefix.check(prefix);
    long count = 0;
    long bytes = 0;
    for (ObjectKey key : under(prefix, Optional.empty()).keySet()) {
      if (!key.value().startsWith(prefix)) {
        break;
      }
      StoredObject removed = objects.remove(key);
      if (removed != null) {
        count++;
        bytes += removed.info().sizeBytes();
      }
    }
    usedBytes.addAndGet(-bytes);
    return new Deleted(count, bytes);
  }

  @Override
  public void close() {
    objects.clear();
    usedBytes.set(0);
  }
}
