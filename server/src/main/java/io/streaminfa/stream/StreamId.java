package io.streaminfa.stream;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.Optional;
import java.util.UUID;

/**
 * The public name of a stream: a UUIDv7 (RFC 9562, 5.7), so that ids sort by creation.
 *
 * @param value 36 lower-case characters
 */
public record StreamId(String value) implements Comparable<StreamId> {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NANOS_PER_MILLI = 1_000_000;

  public StreamId {
    if (!isCanonical(value)) {
      throw new IllegalArgumentException("not a stream id: " + value);
    }
  }

  /**
   * A new id for a stream created now. RFC 9562, 6.2, method 3: the twelve bits after the
   * milliseconds carry the fraction of the millisecond, so that ids sort by creation within it too.
   */
  public static StreamId create(Clock clock) {
    Instant now = clock.instant();
    long fraction =
        (now.getLong(ChronoField.NANO_OF_SECOND) % NANOS_PER_MILLI) * 4096L / NANOS_PER_MILLI;
    long high = now.toEpochMilli() << 16 | 0x7000L | fraction;
    long low = 0x8000_0000_0000_0000L | (RANDOM.nextLong() & 0x3fff_ffff_ffff_ffffL);
    return new StreamId(new UUID(high, low).toString());
  }

  /** The id that a string from outside names, if it is one. */
  public static Optional<StreamId> parse(String text) {
    return isCanonical(text) ? Optional.of(new StreamId(text)) : Optional.empty();
  }

  private static boolean isCanonical(String text) {
    if (text.length() != 36) {
      return false;
    }
    for (int i = 0; i < 36; i++) {
      char c = text.charAt(i);
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? c != '-' : !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int compareTo(StreamId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
