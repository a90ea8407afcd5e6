package io.streaminfa.storage;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Flat, strongly consistent storage of named objects. All implementations pass one contract test.
 * Calls block and may be made from any thread; each may throw {@link StorageException}.
 */
public interface ObjectStore extends AutoCloseable {
  /**
   * Stores the object, replacing an earlier one atomically: a reader sees the old bytes or the new
   * ones. When this returns, the object survives a crash of the process and, where the store is a
   * disk, of the machine.
   *
   * @param data from position to limit; not modified
   */
  void put(ObjectKey key, ByteBuffer data) throws StorageException, InterruptedException;

  /** The whole object, or empty when there is none. */
  Optional<StoredObject> get(ObjectKey key) throws StorageException, InterruptedException;

  /**
   * Bytes {@code offset} to {@code offset + length} of the object, without reading the rest; fewer
   * when the object ends earlier, none when it ends before {@code offset}.
   */
  Optional<StoredObject> getRange(ObjectKey key, long offset, int length)
      throws StorageException, InterruptedException;

  /** The object's size and identity without its bytes. */
  Optional<ObjectInfo> head(ObjectKey key) throws StorageException, InterruptedException;

  /**
   * The keys that begin with {@code prefix}, in order, at most {@code limit} after {@code after}.
   *
   * @param prefix a directory prefix that ends in a slash, or empty for everything
   * @param after an exclusive start, or empty for the beginning
   */
  List<ObjectInfo> list(String prefix, Optional<ObjectKey> after, int limit)
      throws StorageException, InterruptedException;

  /**
   * The first parts of the keys, in order, at most {@code limit} after {@code after}. A part may be
   * among them whose last object is gone.
   */
  default List<String> streams(Optional<String> after, int limit)
      throws StorageException, InterruptedException {
    return StoredStreams.list(this, after, limit);
  }

  /** Removes the object; one that is not there is no error. */
  void delete(ObjectKey key) throws StorageException, InterruptedException;

  /**
   * Removes every object under a directory prefix.
   *
   * @param prefix ends in a slash and is never empty
   */
  Deleted deletePrefix(String prefix) throws StorageException, InterruptedException;

  /** Releases what the store holds open; objects stay, but for the memory store. */
  @Override
  void close();

  /**
   * @param sizeBytes of the whole object
   * @param etag opaque, changes when the bytes do; without quotes
   */
  record ObjectInfo(ObjectKey key, long sizeBytes, String etag) {}

  /**
   * @param info of the whole object
   * @param data the bytes asked for; a read-only view, possibly direct
   */
  record StoredObject(ObjectInfo info, ByteBuffer data) {}

  /** What a prefix deletion removed. */
  record Deleted(long objects, long bytes) {}
}
