package io.streaminfa.delivery;

import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectKey.ObjectType;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.ObjectStore.StoredObject;
import io.streaminfa.storage.StorageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What may be kept, here and downstream: hls-checklist rule 37. */
record CachePolicy(String live, String vod) {
  private static final String MULTIVARIANT_TAG = "#EXT-X-STREAM-INF";
  private static final String END_TAG = "#EXT-X-ENDLIST";
  private static final String VOD_TAG = "#EXT-X-PLAYLIST-TYPE:VOD";

  static CachePolicy of(DeliverySettings settings) {
    return new CachePolicy(settings.cacheControlLive(), settings.cacheControlVod());
  }

  String cacheControl(boolean isFinal) {
    return isFinal ? vod : live;
  }

  /** Objects whose key is written once; a playlist or a description may be replaced. */
  static boolean isImmutable(ObjectType type) {
    return switch (type) {
      case SEGMENT, PART, INIT -> true;
      case MANIFEST, METADATA, SOURCE -> false;
    };
  }

  /**
   * Whether a stored object will never change.
   *
   * @param store where the media playlists of a multivariant one are
   */
  static boolean isFinal(ObjectKey key, ByteBuffer data, ObjectStore store)
      throws StorageException, InterruptedException {
    if (key.type() != ObjectType.MANIFEST) {
      return isImmutable(key.type());
    }
    Optional<ObjectKey> media = firstMediaPlaylist(key, data);
    if (media.isEmpty()) {
      return isFinalMediaPlaylist(data);
    }
    Optional<StoredObject> stored = store.get(media.get());
    return stored.isPresent() && isFinalMediaPlaylist(stored.get().data());
  }

  /**
   * Whether a stored media playlist has its last shape. ENDLIST alone is not enough: the last
   * window of a live stream has it too, and is replaced by the whole recording.
   */
  static boolean isFinalMediaPlaylist(ByteBuffer playlist) {
    String text = text(playlist);
    return text.contains(END_TAG) && text.contains(VOD_TAG);
  }

  /**
   * The first media playlist that a multivariant playlist names, whose finality is its own; empty
   * when this is a media playlist.
   */
  static Optional<ObjectKey> firstMediaPlaylist(ObjectKey key, ByteBuffer playlist) {
    String text = text(playlist);
    if (!text.contains(MULTIVARIANT_TAG)) {
      return Optional.empty();
    }
    String directory = key.value().substring(0, key.value().lastIndexOf('/') + 1);
    return text.lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(uri -> directory + uri)
        .filter(ObjectKey::isValid)
        .map(ObjectKey::new)
        .findFirst();
  }

  private static String text(ByteBuffer playlist) {
    return StandardCharsets.UTF_8.decode(playlist.duplicate()).toString();
  }
}
