package io.streaminfa.packager;

import io.streaminfa.storage.ObjectKey;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/** The newest rows' segments, so that players at the live edge never wait for the store. */
final class RecentMedia {
  /** However long the window gets, no more rows than these are kept. */
  private static final int MAX_ROWS = 64;

  private final ArrayDeque<Map<ObjectKey, ByteBuffer>> rows = new ArrayDeque<>();
  private final Map<ObjectKey, ByteBuffer> inits = new HashMap<>();

  void addInit(ObjectKey key, ByteBuffer data) {
    inits.put(key, data);
  }

  /**
   * Adds a row. bis 6.2.2: a segment that leaves the playlist stays available for its own duration
   * plus that of the longest playlist that listed it, which is as many rows again and one more.
   *
   * @param windowRows how many rows the playlists list
   */
  void addRow(Map<ObjectKey, ByteBuffer> segments, int windowRows) {
    rows.addLast(segments);
    while (rows.size() > Math.min(MAX_ROWS, 2 * windowRows + 1)) {
      rows.removeFirst();
    }
  }

  Map<ObjectKey, ByteBuffer> snapshot() {
    Map<ObjectKey, ByteBuffer> all = new HashMap<>(inits);
    rows.forEach(all::putAll);
    return Map.copyOf(all);
  }
}
