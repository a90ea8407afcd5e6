package io.streaminfa.delivery;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The choice between gzip and no encoding (RFC 9110, 12.5.3). */
final class AcceptEncoding {
  private static final Pattern ELEMENT =
      Pattern.compile(
          "[ \\t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \\t]*"
              + "(?:;[ \\t]*[qQ]=(0(?:\\.\\d{0,3})?|1(?:\\.0{0,3})?)[ \\t]*)?");

  private AcceptEncoding() {}

  /** Whether the client takes gzip, and not rather no encoding. */
  static boolean prefersGzip(String field) {
    OptionalDouble gzip = OptionalDouble.empty();
    OptionalDouble any = OptionalDouble.empty();
    OptionalDouble identity = OptionalDouble.empty();
    for (String element : field.split(",", -1)) {
      Matcher matcher = ELEMENT.matcher(element);
      if (!matcher.matches()) {
        continue;
      }
      OptionalDouble weight = weight(matcher);
      switch (matcher.group(1).toLowerCase(Locale.ROOT)) {
        // "A recipient SHOULD consider x-gzip to be equivalent to gzip." (8.4.1.3)
        case "gzip", "x-gzip" -> gzip = weight;
        case "*" -> any = weight;
        case "identity" -> identity = weight;
        default -> {
          // Other encodings are never offered.
        }
      }
    }
    double gzipWeight = gzip.orElse(any.orElse(0));
    return gzipWeight > 0 && gzipWeight >= identity.orElse(0);
  }

  private static OptionalDouble weight(Matcher element) {
    String quality = element.group(2);
    return OptionalDouble.of(quality == null ? 1 : Double.parseDouble(quality));
  }
}
