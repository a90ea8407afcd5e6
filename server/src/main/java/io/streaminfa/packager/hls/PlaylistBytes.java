package io.streaminfa.packager.hls;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * A playlist's text as it grows, in UTF-8. A live playlist of many segments is written anew with
 * each of them: StringBuilder takes about twice as long for its digits, and DateTimeFormatter
 * longer for one date than a whole playlist should.
 */
final class PlaylistBytes {
  private static final long DAY_MILLIS = 86_400_000L;

  private static final char MAX_ASCII = 0x7f;

  /** The digits of a long, with a point and six places. */
  private static final int MAX_PART_BYTES = 32;

  private static final byte[] DATE_TIME = ascii("#EXT-X-PROGRAM-DATE-TIME:");
  private static final byte[] DURATION = ascii("\n#EXTINF:");
  private static final int DATE_BYTES = "2026-01-01T".length();
  private static final int TIME_BYTES = "00:00:00.000Z".length();
  private static final int DATED_BYTES =
      DATE_TIME.length + DATE_BYTES + TIME_BYTES + DURATION.length;
  private static final int MICRO_PLACES = 6;
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long NO_DAY = Long.MIN_VALUE;

  private byte[] bytes;
  private int length;

  /**
   * The day of the date that was written last, and where: the next segment's is nearly always of
   * the same day, and all but the time is copied.
   */
  private long datedDay = NO_DAY;

  private int datedAt;

  /**
   * The duration that was written last, and where: a source's segments are often of equal length.
   */
  private long lastMicros = -1;

  private int lastMicrosAt;
  private int lastMicrosBytes;

  PlaylistBytes(int capacity) {
    bytes = new byte[capacity];
  }

  /** A constant's bytes, for {@link #append(byte[])}. */
  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private void ensureRoom(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  PlaylistBytes append(byte[] text) {
    ensureRoom(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
    return this;
  }

  PlaylistBytes append(String text) {
    int chars = text.length();
    ensureRoom(chars);
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c > MAX_ASCII) {
        return append(text.getBytes(StandardCharsets.UTF_8));
      }
      bytes[length + i] = (byte) c;
    }
    length += chars;
    return this;
  }

  PlaylistBytes lineEnd() {
    ensureRoom(1);
    bytes[length++] = '\n';
    return this;
  }

  /** At least 0. */
  PlaylistBytes decimal(long value) {
    ensureRoom(MAX_PART_BYTES);
    int digits = 1;
    for (long rest = value / 10; rest > 0; rest /= 10) {
      digits++;
    }
    writeDigits(value, digits);
    return this;
  }

  /** Seconds with six places, of at least 0 microseconds. */
  PlaylistBytes seconds(long micros) {
    if (micros == lastMicros) {
      ensureRoom(lastMicrosBytes);
      System.arraycopy(bytes, lastMicrosAt, bytes, length, lastMicrosBytes);
      length += lastMicrosBytes;
      return this;
    }
    int start = length;
    decimal(micros / MICROS_PER_SECOND);
    bytes[length++] = '.';
    writeDigits(micros % MICROS_PER_SECOND, MICRO_PLACES);
    lastMicros = micros;
    lastMicrosAt = start;
    lastMicrosBytes = length - start;
    return this;
  }

  private void writeDigits(long value, int digits) {
    long rest = value;
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
  }

  /** EXT-X-PROGRAM-DATE-TIME, ISO 8601 in UTC with milliseconds, and EXTINF's tag behind it. */
  PlaylistBytes dated(Instant instant) {
    ensureRoom(DATED_BYTES);
    int start = length;
    long millis = instant.toEpochMilli();
    long day = Math.floorDiv(millis, DAY_MILLIS);
    if (day == datedDay) {
      System.arraycopy(bytes, datedAt, bytes, start, DATED_BYTES);
    } else {
      append(DATE_TIME);
      writeDate(day);
      length += TIME_BYTES;
      append(DURATION);
    }
    datedDay = day;
    datedAt = start;
    length = start + DATE_TIME.length + DATE_BYTES;
    writeTime((int) (millis - day * DAY_MILLIS));
    length = start + DATED_BYTES;
    return this;
  }

  private void writeTime(int millisOfDay) {
    int seconds = millisOfDay / 1000;
    writeTwoDigits(seconds / 3600, ':');
    writeTwoDigits(seconds / 60 % 60, ':');
    writeTwoDigits(seconds % 60, '.');
    int fraction = millisOfDay % 1000;
    bytes[length++] = (byte) ('0' + fraction / 100);
    writeTwoDigits(fraction % 100, 'Z');
  }

  private void writeTwoDigits(int value, char end) {
    bytes[length] = (byte) ('0' + value / 10);
    bytes[length + 1] = (byte) ('0' + value % 10);
    bytes[length + 2] = (byte) end;
    length += 3;
  }

  /** Days to year, month and day by counting from the 1st of March of year 0. */
  private void writeDate(long epochDay) {
    long day = epochDay + 719_468;
    long era = Math.floorDiv(day, 146_097);
    int dayOfEra = (int) Math.floorMod(day, 146_097L);
    int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int shiftedMonth = (5 * dayOfYear + 2) / 153;
    int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
    writeDigits(era * 400 + yearOfEra + (month <= 2 ? 1 : 0), 4);
    bytes[length++] = '-';
    writeTwoDigits(month, '-');
    writeTwoDigits(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, 'T');
  }

  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
