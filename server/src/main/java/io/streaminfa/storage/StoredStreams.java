package io.streaminfa.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the first parts of the keys that a store has, each by one request. */
final class StoredStreams {
  /** Sorts behind every other name that a server gives an object. */
  private static final String HIGHEST_NAME = "/zzzzzzzzzzzzzzzz";

  private StoredStreams() {}

  static List<String> list(ObjectStore store, Optional<String> after, int limit)
      throws StorageException, InterruptedException {
    List<String> names = new ArrayList<>();
    Optional<String> name = after;
    while (names.size() < limit) {
      name = next(store, name);
      if (name.isEmpty()) {
        break;
      }
      names.add(name.get());
    }
    return names;
  }

  private static Optional<String> next(ObjectStore store, Optional<String> after)
      throws StorageException, InterruptedException {
    List<ObjectStore.ObjectInfo> found =
        store.list("", after.map(name -> new ObjectKey(name + HIGHEST_NAME)), 1);
    return found.stream()
        .map(info -> info.key().value())
        .map(key -> key.substring(0, key.indexOf('/')))
        .findFirst();
  }
}
