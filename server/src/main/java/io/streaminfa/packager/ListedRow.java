package io.streaminfa.packager;

import java.util.Map;

/**
 * A row that is stored, without its media.
 *
 * @param number media sequence number
 * @param dateMicros wall clock of its start, since 1970
 * @param durationMicros of the gap in renditions that {@code entries} does not have
 * @param entries by rendition name
 */
public record ListedRow(
    long number,
    boolean discontinuity,
    long dateMicros,
    long durationMicros,
    Map<String, Entry> entries) {
  /**
   * One rendition's segment.
   *
   * @param dateMicros wall clock of its first sample
   * @param sizeBytes 0 when it was lost on the way to the store
   * @param initVersion of the init segment it needs
   */
  public record Entry(long dateMicros, long durationMicros, int sizeBytes, int initVersion) {
    boolean isGap() {
      return sizeBytes == 0;
    }
  }

  public ListedRow {
    entries = Map.copyOf(entries);
  }
}
