package io.streaminfa.control;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Reads one small body into memory, under a limit of bytes and a deadline for all of them. Lives on
 * the request's event loop. (The server's idle timeout is no such deadline: a byte a second keeps a
 * connection busy.)
 */
final class BodyReader {
  /** What came of it. */
  sealed interface Result {
    record Complete(Buffer body) implements Result {}

    record TooLarge() implements Result {}

    record TooSlow() implements Result {}
  }

  private final HttpServerRequest request;
  private final long maxBytes;
  private final Consumer<Result> listener;
  private final Buffer body = Buffer.buffer();
  private boolean done;

  private BodyReader(HttpServerRequest request, long maxBytes, Consumer<Result> listener) {
    this.request = request;
    this.maxBytes = maxBytes;
    this.listener = listener;
  }

  /** The listener hears one result, or none when the client goes away. */
  static void read(
      HttpServerRequest request,
      Vertx vertx,
      long maxBytes,
      Duration deadline,
      Consumer<Result> listener) {
    BodyReader reader = new BodyReader(request, maxBytes, listener);
    if (reader.declaredBytes() > maxBytes) {
      reader.finish(new Result.TooLarge());
      return;
    }
    if (request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true)) {
      request.response().writeContinue();
    }
    long timer = vertx.setTimer(deadline.toMillis(), _ -> reader.finish(new Result.TooSlow()));
    request.handler(reader::append);
    request.exceptionHandler(
        _ -> {
          vertx.cancelTimer(timer);
          reader.done = true;
        });
    request.endHandler(
        _ -> {
          vertx.cancelTimer(timer);
          reader.finish(new Result.Complete(reader.body));
        });
  }

  private long declaredBytes() {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    // The codec has refused what is not a number.
    return length == null ? 0 : Long.parseLong(length);
  }

  private void append(Buffer chunk) {
    if (done) {
      return;
    }
    if (body.length() + chunk.length() > maxBytes) {
      finish(new Result.TooLarge());
    } else {
      body.appendBuffer(chunk);
    }
  }

  private void finish(Result result) {
    if (!done) {
      done = true;
      listener.accept(result);
    }
  }
}
