package io.streaminfa.delivery;

import io.streaminfa.delivery.RangeRequest.Slice;
import io.streaminfa.delivery.ServedObject.Representation;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore.ObjectInfo;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;

/** Puts an object, or what of it was asked for, into an answer. */
final class ObjectAnswer {
  private final CachePolicy policy;

  ObjectAnswer(CachePolicy policy) {
    this.policy = policy;
  }

  void send(Exchange exchange, ServedObject object) {
    boolean hasEncodings = object.gzip().isPresent();
    if (hasEncodings) {
      exchange.headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    }
    boolean encoded = hasEncodings && exchange.prefersGzip();
    Representation body = encoded ? object.gzip().orElseThrow() : object.identity();
    String etag = body.etag();
    int sizeBytes = body.bytes().length();
    switch (select(exchange, etag, sizeBytes, !hasEncodings)) {
      case Selection.Whole() -> {
        describe(exchange, object.key(), etag, object.isFinal());
        if (encoded) {
          exchange.headers().set(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        exchange.send(200, body.bytes().whole());
      }
      case Selection.Part(Slice slice) -> {
        int first = Math.toIntExact(slice.first());
        Buffer bytes = body.bytes().slice(first, Math.toIntExact(slice.length()));
        sendPart(exchange, object.key(), etag, slice, sizeBytes, bytes);
      }
      case Selection.NotModified() -> sendNotModified(exchange, etag, object.isFinal());
      case Selection.PreconditionFailed() -> exchange.refuse(DeliveryProblem.PRECONDITION_FAILED);
      case Selection.Unsatisfiable() -> refuseRange(exchange, sizeBytes);
    }
  }

  /** Which part, by the request's preconditions and its range. */
  Selection select(Exchange exchange, String etag, long sizeBytes, boolean acceptsRanges) {
    return Selection.of(
        exchange.requestHeaders(), etag, sizeBytes, acceptsRanges && !exchange.isHead());
  }

  void sendPart(
      Exchange exchange, ObjectKey key, String etag, Slice slice, long sizeBytes, Buffer bytes) {
    describe(exchange, key, etag, true);
    exchange
        .headers()
        .set(
            HttpHeaders.CONTENT_RANGE,
            "bytes " + slice.first() + "-" + slice.last() + "/" + sizeBytes);
    exchange.send(206, bytes);
  }

  /** HEAD of an object that was not read. */
  void sendHead(Exchange exchange, ObjectInfo object, String etag) {
    describe(exchange, object.key(), etag, true);
    exchange.headers().set(HttpHeaders.CONTENT_LENGTH, Long.toString(object.sizeBytes()));
    exchange.sendNothing(200);
  }

  void sendNotModified(Exchange exchange, String etag, boolean isFinal) {
    validate(exchange, etag, isFinal);
    exchange.sendNothing(304);
  }

  private void validate(Exchange exchange, String etag, boolean isFinal) {
    MultiMap headers = exchange.headers();
    headers.set(HttpHeaders.ETAG, etag);
    headers.set(HttpHeaders.CACHE_CONTROL, policy.cacheControl(isFinal));
  }

  private void describe(Exchange exchange, ObjectKey key, String etag, boolean isFinal) {
    validate(exchange, etag, isFinal);
    MultiMap headers = exchange.headers();
    headers.set(HttpHeaders.CONTENT_TYPE, key.contentType());
    if (CachePolicy.isImmutable(key.type())) {
      headers.set(HttpHeaders.ACCEPT_RANGES, "bytes");
    }
  }

  void refuseRange(Exchange exchange, long sizeBytes) {
    exchange.headers().set(HttpHeaders.CONTENT_RANGE, "bytes */" + sizeBytes);
    exchange.refuse(DeliveryProblem.RANGE_NOT_SATISFIABLE);
  }
}
