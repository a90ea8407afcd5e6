package io.streaminfa.storage;

import io.streaminfa.storage.ObjectKey.ObjectType;
import io.streaminfa.storage.ObjectStore.ObjectInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the playlists of a stream in a store, whatever else there is of it. */
final class StoredPlaylists {
  /** Renditions that are looked at; more than any ladder has. */
  private static final int MAX_RENDITIONS = 1_000;

  private StoredPlaylists() {}

  /**
   * Every playlist below a prefix that has one of a stream's names, the multivariant one first.
   * Takes two requests for each rendition, and none for its segments.
   */
  static List<ObjectInfo> below(ObjectStore store, String prefix)
      throws StorageException, InterruptedException {
    List<ObjectInfo> found = new ArrayList<>();
    String stream = prefix.substring(0, prefix.indexOf('/'));
    if (prefix.equals(ObjectKey.streamPrefix(stream))) {
      store.head(ObjectKey.multivariantPlaylist(stream)).ifPresent(found::add);
    }
    Optional<ObjectKey> after = Optional.empty();
    for (int i = 0; i < MAX_RENDITIONS; i++) {
      List<ObjectInfo> next = store.list(prefix, after, 1);
      if (next.isEmpty()) {
        break;
      }
      ObjectInfo first = next.getFirst();
      after = Optional.of(playlistBeside(stream, first.key()));
      if (first.key().type() == ObjectType.MANIFEST) {
        found.add(first);
      } else {
        store.head(after.get()).ifPresent(found::add);
      }
    }
    return found.stream().distinct().toList();
  }

  /** Segments and inits sort before the playlist that lists them. */
  private static ObjectKey playlistBeside(String stream, ObjectKey key) {
    String rest = key.value().substring(stream.length() + 1);
    int slash = rest.indexOf('/');
    ObjectKey playlist =
        slash < 0 ? key : ObjectKey.mediaPlaylist(stream, rest.substring(0, slash));
    return playlist.compareTo(key) < 0 ? key : playlist;
  }
}
