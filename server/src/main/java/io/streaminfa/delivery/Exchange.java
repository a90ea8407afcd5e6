package io.streaminfa.delivery;

import io.streaminfa.storage.ObjectKey.ObjectType;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;

/** One request and its one answer. Used on the request's event loop only. */
final class Exchange {
  /** Not sent, only counted: the client closed the connection before it had its answer. */
  private static final int CLIENT_LEFT = 499;

  private static final String RETRY_AFTER_SECS = "1";

  private final HttpServerRequest request;
  private final Optional<ObjectType> type;
  private final DeliveryMetrics metrics;
  private final long startNanos = System.nanoTime();

  Exchange(HttpServerRequest request, Optional<ObjectType> type, DeliveryMetrics metrics) {
    this.request = request;
    this.type = type;
    this.metrics = metrics;
  }

  MultiMap requestHeaders() {
    return request.headers();
  }

  MultiMap headers() {
    return request.response().headers();
  }

  boolean isHead() {
    return request.method().equals(HttpMethod.HEAD);
  }

  boolean prefersGzip() {
    return RequestFields.all(requestHeaders(), HttpHeaders.ACCEPT_ENCODING)
        .map(AcceptEncoding::prefersGzip)
        .orElse(false);
  }

  /** Sends a body, or for HEAD its length only. */
  void send(int status, Buffer body) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      metrics.answered(CLIENT_LEFT, type, startNanos);
      return;
    }
    response.setStatusCode(status);
    headers().set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
    finish(status, isHead() ? response.end() : response.end(body), isHead() ? 0 : body.length());
  }

  /** Answers without a body: 204 and 304, and HEAD of an object that was not read. */
  void sendNothing(int status) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      metrics.answered(CLIENT_LEFT, type, startNanos);
      return;
    }
    finish(status, response.setStatusCode(status).end(), 0);
  }

  private void finish(int status, Future<Void> sent, int bytes) {
    sent.onComplete(
        done -> {
          metrics.answered(done.succeeded() ? status : CLIENT_LEFT, type, startNanos);
          if (done.succeeded()) {
            metrics.sent(bytes);
          }
        });
  }

  void refuse(DeliveryProblem problem) {
    headers().set(HttpHeaders.CONTENT_TYPE, DeliveryProblem.CONTENT_TYPE);
    if (problem.isTemporary()) {
      headers().set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECS);
    }
    // A playlist that is not there yet will be: nobody may remember that it was not.
    headers().set(HttpHeaders.CACHE_CONTROL, "no-store");
    send(problem.status(), problem.body());
  }
}
