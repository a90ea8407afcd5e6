package io.streaminfa.control;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets pages of other origins upload (Fetch, 3.2): what every answer below the routes of uploads
 * carries, refusals included, for a page cannot read a status without it.
 */
final class UploadCors {
  private static final String METHODS = "POST, HEAD, PATCH, DELETE, OPTIONS";
  private static final String MAX_AGE_SECS = "86400";
  private static final String REQUEST_HEADERS =
      "Authorization, Content-Type, Idempotency-Key, Tus-Resumable, Upload-Checksum, Upload-Length,"
          + " Upload-Metadata, Upload-Offset, X-HTTP-Method-Override, X-Request-Id,"
          + " X-Requested-With";
  private static final String EXPOSED_HEADERS =
      "Location, Retry-After, Tus-Checksum-Algorithm, Tus-Extension, Tus-Max-Size, Tus-Resumable,"
          + " Tus-Version, Upload-Expires, Upload-Length, Upload-Metadata, Upload-Offset, "
          + TusApi.STREAM_LOCATION
          + ", X-Request-Id";

  private final boolean anyOrigin;
  private final Set<String> origins;

  /**
   * @param allowedOrigins {@code "*"}, or origins
   */
  UploadCors(List<String> allowedOrigins) {
    this.anyOrigin = allowedOrigins.contains("*");
    this.origins = Set.copyOf(allowedOrigins);
  }

  /** Before the route that answers. */
  void handle(RoutingContext routing) {
    MultiMap answer = routing.response().headers();
    if (!anyOrigin) {
      answer.set(HttpHeaders.VARY, "Origin");
    }
    String allowed = allowed(routing.request().getHeader(HttpHeaders.ORIGIN));
    if (allowed != null) {
      answer.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
      answer.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
      if (routing.request().method().equals(HttpMethod.OPTIONS)) {
        answer.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        answer.set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        answer.set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECS);
      }
    }
    if (routing.request().path().startsWith(TusApi.UPLOADS)) {
      // "MUST be included in every request and response except for OPTIONS requests"; with 412,
      // "the Server MUST also include the Tus-Version header".
      answer.set("Tus-Resumable", TusApi.VERSION);
      answer.set("Tus-Version", TusApi.VERSION);
    }
    routing.next();
  }

  private @Nullable String allowed(@Nullable String origin) {
    if (anyOrigin) {
      return "*";
    }
    return origin != null && origins.contains(origin) ? origin : null;
  }
}
