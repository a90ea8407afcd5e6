package io.streaminfa.delivery;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One range of bytes that a client asks for (RFC 9110, 14.1.2). Several ranges in one request are
 * not served as such: "A server MAY ignore the Range header field" (14.2).
 */
sealed interface RangeRequest {
  /** {@code first-} or {@code first-last}; both inclusive, from 0. */
  record FromTo(long first, long last) implements RangeRequest {}

  /** {@code -length}: the last bytes. */
  record Suffix(long length) implements RangeRequest {}

  /** Bytes {@code first} to {@code last} inclusive of what is there. */
  record Slice(long first, long last) {
    long length() {
      return last - first + 1;
    }
  }

  /** Range units are case-insensitive (RFC 9110, 14.1). */
  Pattern SYNTAX = Pattern.compile("bytes=[ \\t]*(\\d*)-(\\d*)[ \\t]*", Pattern.CASE_INSENSITIVE);

  /** The range, or empty when the field is malformed or is to be ignored. */
  static Optional<RangeRequest> parse(String field) {
    Matcher matcher = SYNTAX.matcher(field);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String first = matcher.group(1);
    String last = matcher.group(2);
    if (first.isEmpty()) {
      return last.isEmpty() ? Optional.empty() : Optional.of(new Suffix(saturated(last)));
    }
    FromTo range = new FromTo(saturated(first), last.isEmpty() ? Long.MAX_VALUE : saturated(last));
    // "An int-range is invalid if the last-pos value is present and less than first-pos."
    return range.last() < range.first() ? Optional.empty() : Optional.of(range);
  }

  /** More digits than a long has are beyond every object's end all the same. */
  private static long saturated(String digits) {
    String significant = digits.replaceFirst("^0+(?=.)", "");
    return significant.length() > 18 ? Long.MAX_VALUE : Long.parseLong(significant);
  }

  /** The bytes of an object that the range means; empty when it has none of them: 416. */
  default Optional<Slice> within(long sizeBytes) {
    return switch (this) {
      case FromTo(long first, long last) ->
          first < sizeBytes
              ? Optional.of(new Slice(first, Math.min(last, sizeBytes - 1)))
              : Optional.empty();
      case Suffix(long length) ->
          length > 0 && sizeBytes > 0
              ? Optional.of(new Slice(Math.max(0, sizeBytes - length), sizeBytes - 1))
              : Optional.empty();
    };
  }
}
