package io.streaminfa.packager;

import io.streaminfa.storage.ObjectKey;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What this node's own packagers hold in memory. Never blocks, so it may be asked on an event loop.
 */
public interface LivePlaylists {
  /**
   * The current multivariant or media playlist of a stream that this node packages. While this is
   * present, the object store's copy must not be served.
   */
  Optional<PublishedPlaylist> playlist(ObjectKey key);

  /** A segment or init segment that is still in memory, read-only. */
  Optional<ByteBuffer> media(ObjectKey key);
}
