package io.streaminfa.delivery;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Comparison of entity tags in conditional requests (RFC 9110, 8.8.3.2). */
final class EntityTags {
  private static final Pattern TAG = Pattern.compile("(W/)?(\"[\\x21\\x23-\\x7e\\x80-\\xff]*\")");

  private EntityTags() {}

  /**
   * Whether If-None-Match names the tag, by weak comparison.
   *
   * @param fields each line of the field
   * @param etag quoted, strong
   */
  static boolean anyWeaklyMatches(List<String> fields, String etag) {
    return fields.stream().anyMatch(field -> matches(field, etag, true));
  }

  /** Whether If-Match names the tag, by strong comparison. */
  static boolean anyStronglyMatches(List<String> fields, String etag) {
    return fields.stream().anyMatch(field -> matches(field, etag, false));
  }

  private static boolean matches(String field, String etag, boolean weakly) {
    if (field.strip().equals("*")) {
      return true;
    }
    Matcher tags = TAG.matcher(field);
    while (tags.find()) {
      if ((weakly || tags.group(1) == null) && etag.equals(tags.group(2))) {
        return true;
      }
    }
    return false;
  }
}
