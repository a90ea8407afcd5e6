package io.streaminfa.packager.hls;

import java.time.Instant;

/**
 * ISO 8601 in UTC with milliseconds. DateTimeFormatter takes longer for one date than a whole
 * playlist should.
 */
final class DateTimeText {
  private static final long DAY_MILLIS = 86_400_000L;

  private DateTimeText() {}

  static void append(StringBuilder out, Instant instant) {
    long millis = instant.toEpochMilli();
    int timeOfDay = (int) Math.floorMod(millis, DAY_MILLIS);
    appendDate(out, Math.floorDiv(millis, DAY_MILLIS));
    out.append('T');
    appendPadded(out, timeOfDay / 3_600_000, 2);
    out.append(':');
    appendPadded(out, timeOfDay / 60_000 % 60, 2);
    out.append(':');
    appendPadded(out, timeOfDay / 1000 % 60, 2);
    out.append('.');
    appendPadded(out, timeOfDay % 1000, 3);
    out.append('Z');
  }

  /** Days to year, month and day by counting from the 1st of March of year 0. */
  private static void appendDate(StringBuilder out, long epochDay) {
    long day = epochDay + 719_468;
    long era = Math.floorDiv(day, 146_097);
    int dayOfEra = (int) Math.floorMod(day, 146_097L);
    int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int shiftedMonth = (5 * dayOfYear + 2) / 153;
    int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
    appendPadded(out, (int) (era * 400) + yearOfEra + (month <= 2 ? 1 : 0), 4);
    out.append('-');
    appendPadded(out, month, 2);
    out.append('-');
    appendPadded(out, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, 2);
  }

  private static void appendPadded(StringBuilder out, int value, int digits) {
    int unit = digits == 4 ? 1000 : digits == 3 ? 100 : 10;
    for (; unit > 0; unit /= 10) {
      out.append((char) ('0' + value / unit % 10));
    }
  }
}
