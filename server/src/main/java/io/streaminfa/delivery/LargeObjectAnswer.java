package io.streaminfa.delivery;

import io.streaminfa.delivery.RangeRequest.Slice;
import io.streaminfa.storage.ObjectStore.ObjectInfo;
import io.streaminfa.storage.ObjectStore.StoredObject;

/** Answers HEAD and ranges of an object that is too large to be loaded for them. */
final class LargeObjectAnswer {
  /** What is still to be done for an answer. */
  sealed interface Next {
    /** Nothing. */
    record Sent() implements Next {}

    /** These bytes are to be read. */
    record ReadPart(Slice slice) implements Next {}

    /** All of the object is wanted. */
    record ReadAll() implements Next {}
  }

  private final ObjectAnswer answer;

  LargeObjectAnswer(ObjectAnswer answer) {
    this.answer = answer;
  }

  /** Sends what needs no bytes of the object. */
  Next begin(Exchange exchange, ObjectInfo object) {
    String etag = ServedObject.identityTag(object.etag());
    return switch (answer.select(exchange, etag, object.sizeBytes(), true)) {
      case Selection.Whole() when exchange.isHead() -> {
        answer.sendHead(exchange, object, etag);
        yield new Next.Sent();
      }
      case Selection.Whole() -> new Next.ReadAll();
      case Selection.Part(Slice slice) -> new Next.ReadPart(bounded(slice));
      case Selection.NotModified() -> {
        answer.sendNotModified(exchange, etag, true);
        yield new Next.Sent();
      }
      case Selection.PreconditionFailed() -> {
        exchange.refuse(DeliveryProblem.PRECONDITION_FAILED);
        yield new Next.Sent();
      }
      case Selection.Unsatisfiable() -> {
        answer.refuseRange(exchange, object.sizeBytes());
        yield new Next.Sent();
      }
    };
  }

  /** "A server might want to send only a subset of the data requested" (RFC 9110, 15.3.7). */
  private static Slice bounded(Slice slice) {
    return new Slice(
        slice.first(), Math.min(slice.last(), slice.first() + ObjectSource.LARGE_BYTES - 1));
  }

  /** Sends a part, unless the object was replaced or cut between the look at it and the read. */
  void sendPart(Exchange exchange, ObjectInfo object, Slice slice, StoredObject part) {
    if (!part.info().equals(object) || part.data().remaining() != slice.length()) {
      exchange.refuse(DeliveryProblem.STORAGE_UNAVAILABLE);
      return;
    }
    answer.sendPart(
        exchange,
        object.key(),
        ServedObject.identityTag(object.etag()),
        slice,
        object.sizeBytes(),
        SharedBytes.of(part.data()).whole());
  }
}
