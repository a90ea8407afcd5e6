package io.streaminfa.control;

import io.streaminfa.ingest.upload.RequestBody;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request of the control plane and its one answer. Made on the event loop. */
final class ApiExchange {
  /**
   * For the rest of a body that nobody reads. Closing at once would reset the connection under the
   * client before it has read the answer; waiting for ever would let it hold the connection.
   */
  private static final Duration DISCARD_DEADLINE = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(ApiExchange.class);

  private final RoutingContext routing;
  private final Context eventLoop;
  private final String requestId;
  private final long startNanos = System.nanoTime();

  ApiExchange(RoutingContext routing) {
    this.routing = routing;
    this.eventLoop = routing.vertx().getOrCreateContext();
    this.requestId =
        RequestId.of(Optional.ofNullable(routing.request().getHeader(RequestId.HEADER)));
  }

  HttpServerRequest request() {
    return routing.request();
  }

  Vertx vertx() {
    return routing.vertx();
  }

  Map<String, String> pathParameters() {
    return routing.pathParams();
  }

  String requestId() {
    return requestId;
  }

  /** The body for a thread that reads it while it arrives. */
  RequestBody arrivingBody() {
    return RequestBody.of(routing.request(), eventLoop);
  }

  /** The answer for a thread that writes it piece by piece. */
  StreamedAnswer streamedAnswer() {
    return new StreamedAnswer(routing.request(), eventLoop, requestId);
  }

  /** Answers with a problem, on the event loop. */
  void refuse(Problem problem, Map<String, String> headers) {
    answer(ApiResponse.problem(problem, headers, requestId));
  }

  void answerFromAnyThread(ApiResponse response) {
    try {
      eventLoop.runOnContext(_ -> answer(response));
    } catch (RejectedExecutionException e) {
      // The server has closed its connections, this one too.
      log.debug("not_answered status={} request_id={}", response.status(), requestId);
    }
  }

  private void answer(ApiResponse answer) {
    HttpServerResponse response = routing.response();
    logAccess(answer.status());
    if (response.closed() || response.headWritten()) {
      return;
    }
    response.setStatusCode(answer.status());
    if (!answer.contentType().isEmpty()) {
      response.putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType());
    }
    if (answer.status() != 204) {
      // RFC 9110, 8.6: "A server MUST NOT send a Content-Length header field in any response with a
      // status code of 1xx (Informational) or 204 (No Content)."
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(answer.body().length()));
    }
    response.putHeader(RequestId.HEADER, requestId);
    // Answers have keys in them and change from call to call.
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    response.putHeader("X-Content-Type-Options", "nosniff");
    answer.headers().forEach(response::putHeader);
    if (isStillSending()) {
      // RFC 9112, 9.6: such a client must not count on this connection.
      response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    if (routing.request().method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(answer.body());
    }
    discardRest();
  }

  private boolean isStillSending() {
    HttpServerRequest request = routing.request();
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    boolean hasBody =
        length == null
            ? request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
            : !length.equals("0");
    return hasBody && !request.isEnded();
  }

  private void discardRest() {
    HttpServerRequest request = routing.request();
    if (!request.isEnded()) {
      long timer = vertx().setTimer(DISCARD_DEADLINE.toMillis(), _ -> request.connection().close());
      request.exceptionHandler(_ -> vertx().cancelTimer(timer));
      request.endHandler(_ -> vertx().cancelTimer(timer));
      request.handler(_ -> {});
      request.resume();
    }
  }

  private void logAccess(int status) {
    log.debug(
        "api_request method={} route={} status={} duration_ms={} request_id={}",
        routing.request().method(),
        routing.currentRoute() == null ? "" : routing.currentRoute().getPath(),
        status,
        Duration.ofNanos(System.nanoTime() - startNanos).toMillis(),
        requestId);
  }
}
