package io.streaminfa.control;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The name of a request in answers and logs. */
final class RequestId {
  static final String HEADER = "X-Request-Id";

  /** What cannot break a log line or a header. */
  private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._:/+=@-]{1,128}");

  private RequestId() {}

  /** The client's when it is sane, else a new one. */
  static String of(Optional<String> presented) {
    return presented
        .filter(id -> SANE.matcher(id).matches())
        .orElseGet(() -> UUID.randomUUID().toString());
  }
}
