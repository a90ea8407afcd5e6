package io.streaminfa.packager;

import java.util.ArrayList;
import java.util.List;

/**
 * What the live playlists list at one moment; immutable.
 *
 * @param discontinuitySequence how many discontinuities have left
 * @param rows oldest first
 */
public record LiveWindow(long discontinuitySequence, List<ListedRow> rows) {
  public static final LiveWindow EMPTY = new LiveWindow(0, List.of());

  /** So many rows of a picture or two, behind as many reconnects, are not worth waiting for. */
  private static final int MAX_ROWS = 600;

  public LiveWindow {
    rows = List.copyOf(rows);
  }

  /** The number of the first row: EXT-X-MEDIA-SEQUENCE. */
  public long mediaSequence() {
    return rows.isEmpty() ? 0 : rows.getFirst().number();
  }

  public long durationMicros() {
    return durationMicros(rows);
  }

  /**
   * This window after a row came in, and without those that it no longer needs.
   *
   * @param minRows how many rows stay at least
   * @param minMicros how much they last at least
   */
  public LiveWindow append(ListedRow row, int minRows, long minMicros) {
    List<ListedRow> next = new ArrayList<>(rows);
    next.add(row);
    long discontinuities = discontinuitySequence;
    long micros = durationMicros(next);
    while (next.size() > MAX_ROWS
        || (next.size() > minRows && micros - next.getFirst().durationMicros() >= minMicros)) {
      ListedRow gone = next.removeFirst();
      micros -= gone.durationMicros();
      discontinuities += gone.discontinuity() ? 1 : 0;
    }
    return new LiveWindow(discontinuities, next);
  }

  private static long durationMicros(List<ListedRow> rows) {
    long micros = 0;
    for (ListedRow row : rows) {
      micros += row.durationMicros();
    }
    return micros;
  }
}
