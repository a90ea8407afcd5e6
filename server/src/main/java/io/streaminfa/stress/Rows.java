package io.streaminfa.stress;

import io.streaminfa.packager.ListedRow;
import java.util.Map;

/** Rows of an endless live stream with segments of six seconds. */
final class Rows {
  static final String RENDITION = "high";
  static final int SEGMENT_SECONDS = 6;

  /** Three target durations, which a live playlist must have. */
  static final long MIN_WINDOW_MICROS = 3 * SEGMENT_SECONDS * 1_000_000L;

  /** 180 pictures at 30000/1001 a second. */
  static final long DURATION_MICROS = 6_006_000;

  private static final long START_MICROS = 1_767_225_600_000_000L; // 2026-01-01
  private static final int SEGMENT_BYTES = 200 << 10;

  private Rows() {}

  static ListedRow row(long number) {
    long dateMicros = START_MICROS + number * DURATION_MICROS;
    return new ListedRow(
        number,
        false,
        dateMicros,
        DURATION_MICROS,
        Map.of(RENDITION, new ListedRow.Entry(dateMicros, DURATION_MICROS, SEGMENT_BYTES, 0)));
  }
}
