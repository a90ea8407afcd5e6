package io.streaminfa.delivery;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Optional;

/** Request header fields that Vert.x has no name or no reading for. */
final class RequestFields {
  static final CharSequence RANGE = HttpHeaders.createOptimized("range");
  static final CharSequence IF_RANGE = HttpHeaders.createOptimized("if-range");

  private RequestFields() {}

  /** The field's lines as one list (RFC 9110, 5.3). */
  static Optional<String> all(MultiMap headers, CharSequence name) {
    List<String> lines = headers.getAll(name);
    return lines.isEmpty() ? Optional.empty() : Optional.of(String.join(",", lines));
  }
}
