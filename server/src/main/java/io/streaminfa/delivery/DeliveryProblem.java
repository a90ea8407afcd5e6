package io.streaminfa.delivery;

import io.vertx.core.buffer.Buffer;
import java.util.Locale;

/** Why a request is not served. The lower-case name is the answer's stable {@code code}. */
enum DeliveryProblem {
  INVALID_KEY(400, "Bad Request"),
  OBJECT_NOT_FOUND(404, "Not Found"),
  METHOD_NOT_ALLOWED(405, "Method Not Allowed"),
  STREAM_DELETED(410, "Gone"),
  PRECONDITION_FAILED(412, "Precondition Failed"),
  RANGE_NOT_SATISFIABLE(416, "Range Not Satisfiable"),
  STORAGE_UNAVAILABLE(503, "Service Unavailable"),
  OVERLOADED(503, "Service Unavailable");

  static final String CONTENT_TYPE = "application/problem+json";

  private final int status;
  private final String body;

  DeliveryProblem(int status, String title) {
    this.status = status;
    this.body =
        "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\"}\n"
            .formatted(title, status, name().toLowerCase(Locale.ROOT));
  }

  int status() {
    return status;
  }

  /** Whether the same request may succeed soon. */
  boolean isTemporary() {
    return status == 503;
  }

  /** RFC 9457. */
  Buffer body() {
    return Buffer.buffer(body);
  }
}
