package io.streaminfa.delivery;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Cross-origin access of players (Fetch, 3.2). */
final class Cors {
  private static final String MAX_AGE_SECS = "86400";
  private static final String REQUEST_HEADERS =
      "Range, If-Range, If-Match, If-None-Match, If-Modified-Since, Accept-Encoding, Cache-Control,"
          + " Content-Type, X-Requested-With, X-Request-Id";
  private static final String EXPOSED_HEADERS =
      "Content-Length, Content-Range, Content-Encoding, Accept-Ranges, Date, ETag, X-Request-Id";

  private final boolean anyOrigin;
  private final Set<String> origins;

  Cors(List<String> allowedOrigins) {
    this.anyOrigin = allowedOrigins.contains("*");
    this.origins = Set.copyOf(allowedOrigins);
  }

  /** Whether an answer depends on who asks, so that a cache must keep one for each origin. */
  boolean varies() {
    return !anyOrigin;
  }

  /** Lets the origin read the answer, when it is allowed to. */
  void allow(@Nullable String origin, MultiMap answer) {
    String allowed = allowed(origin);
    if (allowed != null) {
      answer.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
      answer.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
    }
  }

  /** Answers the question before the request. */
  void preflight(@Nullable String origin, MultiMap answer) {
    if (allowed(origin) != null) {
      answer.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, OriginHandler.METHODS);
      answer.set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
      answer.set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECS);
    }
  }

  private @Nullable String allowed(@Nullable String origin) {
    if (anyOrigin) {
      return "*";
    }
    return origin != null && origins.contains(origin) ? origin : null;
  }
}
