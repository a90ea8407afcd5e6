package io.streaminfa.storage;

import java.util.List;
import java.util.Optional;

/** The first parts of the keys that a store has, each found by one request. */
public final class StoredStreams {
  /** Sorts behind every other name that a server gives an object. */
  private static final String HIGHEST_NAME = "/zzzzzzzzzzzzzzzz";

  private StoredStreams() {}

  /**
   * The first part of the next keys in order.
   *
   * @param after of the keys before; empty: from the beginning
   */
  public static Optional<String> next(ObjectStore store, Optional<String> after)
      throws StorageException, InterruptedException {
    List<ObjectStore.ObjectInfo> found =
        store.list("", after.map(name -> new ObjectKey(name + HIGHEST_NAME)), 1);
    return found.stream()
        .map(info -> info.key().value())
        .map(key -> key.substring(0, key.indexOf('/')))
        .findFirst();
  }
}
