package io.streaminfa.stream;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;

/**
 * The public name of a stream: a UUIDv7 (RFC 9562, 5.7), so that ids sort by creation.
 *
 * @param value 36 lower-case characters
 */
public record StreamId(String value) implements Comparable<StreamId> {
  private static final SecureRandom RANDOM = new SecureRandom();

  public StreamId {
    if (!isCanonical(value)) {
      throw new IllegalArgumentException("not a stream id: " + value);
    }
  }

  /** A new id for a stream created now. */
  public static StreamId create(Clock clock) {
    long millis = clock.millis();
    long high = millis << 16 | 0x7000L | (RANDOM.nextLong() & 0x0fffL);
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
