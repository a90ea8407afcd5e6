package io.streaminfa.control;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An answer that a thread writes piece by piece. A piece is written when the one before it has left
 * for the network, so that a client that does not read costs one piece of memory and the thread
 * that waits for it. Made on the event loop.
 */
final class StreamedAnswer {
  private final HttpServerRequest request;
  private final Context eventLoop;
  private final String requestId;
  private volatile boolean closed;

  StreamedAnswer(HttpServerRequest request, Context eventLoop, String requestId) {
    this.request = request;
    this.eventLoop = eventLoop;
    this.requestId = requestId;
  }

  /** Whether the client wants the header fields only. */
  boolean isHeadOnly() {
    return request.method().equals(HttpMethod.HEAD);
  }

  /** Whether the client is gone. */
  boolean isClosed() {
    return closed;
  }

  /**
   * Begins the answer, with the status 200.
   *
   * @param onClose called when the client is gone, on the event loop
   */
  void begin(String contentType, Buffer first, Duration deadline, Runnable onClose)
      throws IOException, InterruptedException {
    onEventLoop(
        deadline,
        done -> {
          HttpServerResponse response = request.response();
          if (response.closed()) {
            done.completeExceptionally(new IOException("the client is gone"));
            return;
          }
          response.closeHandler(
              _ -> {
                closed = true;
                onClose.run();
              });
          response.exceptionHandler(_ -> closed = true);
          response
              .setChunked(true)
              .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
              .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
              .putHeader("X-Content-Type-Options", "nosniff")
              // What nginx, and others after it, understand as: do not wait for more.
              .putHeader("X-Accel-Buffering", "no")
              .putHeader(RequestId.HEADER, requestId);
          if (isHeadOnly()) {
            finish(response.end(), done);
          } else {
            finish(response.write(first), done);
          }
        });
  }

  /**
   * Writes one piece, and returns when it has left.
   *
   * @throws IOException when the client is gone, or has not taken it within the deadline: then its
   *     connection is closed
   */
  void write(Buffer piece, Duration deadline) throws IOException, InterruptedException {
    onEventLoop(deadline, done -> finish(request.response().write(piece), done));
  }

  /** Ends the answer well; no effect when the client is gone. */
  void end(Duration deadline) throws IOException, InterruptedException {
    onEventLoop(deadline, done -> finish(request.response().end(), done));
  }

  private static void finish(io.vertx.core.Future<Void> sent, CompletableFuture<Void> done) {
    var _ =
        sent.onComplete(
            result -> {
              if (result.succeeded()) {
                done.complete(null);
              } else {
                done.completeExceptionally(result.cause());
              }
            });
  }

  private void onEventLoop(
      Duration deadline, java.util.function.Consumer<CompletableFuture<Void>> action)
      throws IOException, InterruptedException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      eventLoop.runOnContext(
          _ -> {
            if (closed || request.response().ended()) {
              done.completeExceptionally(new IOException("the client is gone"));
            } else {
              action.accept(done);
            }
          });
      done.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      closed = true;
      var _ = request.connection().close();
      throw new SlowClient(deadline, e);
    } catch (ExecutionException | RejectedExecutionException e) {
      throw new IOException("the client is gone", e);
    }
  }

  /** A client takes less than is sent to it. */
  static final class SlowClient extends IOException {
    private static final long serialVersionUID = 1L;

    private SlowClient(Duration deadline, Throwable cause) {
      super("the client took nothing for " + deadline.toMillis() + " ms", cause);
    }
  }
}
