package io.streaminfa.control;

import io.vertx.core.buffer.Buffer;
import java.util.Map;

/**
 * An answer, ready to be written.
 *
 * @param contentType empty when there is no body
 * @param headers besides the content type and what every answer carries
 */
record ApiResponse(int status, String contentType, Map<String, String> headers, Buffer body) {
  static ApiResponse json(int status, Object document) {
    return json(status, Map.of(), document);
  }

  static ApiResponse json(int status, Map<String, String> headers, Object document) {
    return new ApiResponse(status, "application/json", headers, Json.write(document));
  }

  /** Nothing but headers. */
  static ApiResponse empty(int status, Map<String, String> headers) {
    return new ApiResponse(status, "", headers, Buffer.buffer());
  }

  static ApiResponse problem(Problem problem, Map<String, String> headers, String requestId) {
    return new ApiResponse(
        problem.status(), Problem.MEDIA_TYPE, headers, Json.write(problem.document(requestId)));
  }
}
