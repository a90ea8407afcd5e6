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
   * Adds a row. A player that has the last but one playlist asks for one row more than the newest
   * lists; what is older is read from the store.
   *
   * @param windowRows how many rows the playlists list
   */
  void addRow(Map<ObjectKey, ByteBuffer> segments, int windowRows) {
    rows.addLast(segments);
    while (rows.size() > Math.min(MAX_ROWS, windowRows + 1)) {
      rows.removeFirst();
    }
  }

  Map<ObjectKey, ByteBuffer> snapshot() {
    Map<ObjectKey, ByteBuffer> all = new HashMap<>(inits);
    rows.forEach(all::putAll);
    return Map.copyOf(all);
  }
}
