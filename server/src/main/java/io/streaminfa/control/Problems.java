package io.streaminfa.control;

import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.StreamException;
import java.util.Locale;

/** How the failures of other packages look over HTTP. */
final class Problems {
  private Problems() {}

  static Problem of(StreamException e) {
    return switch (e) {
      case StreamException.NotFound notFound ->
          new Problem(404, notFound.code(), notFound.getMessage());
      case StreamException.Conflict conflict ->
          new Problem(409, conflict.code(), conflict.getMessage());
      case StreamException.LimitReached limit -> new Problem(507, limit.code(), limit.getMessage());
      case StreamException.StoreFailed failed ->
          new Problem(503, failed.code(), "the change could not be saved; nothing changed");
    };
  }

  /** Of a defect nothing is told but the request's id. */
  static Problem internalError() {
    return new Problem(500, "internal_error", "the server failed; its log has the request id");
  }

  /** The message stays in the log: it may name hosts and buckets. */
  static Problem of(StorageException e) {
    int status =
        switch (e.kind()) {
          case FULL -> 507;
          case DENIED, UNAVAILABLE, CORRUPT -> 503;
        };
    String kind = e.kind().name().toLowerCase(Locale.ROOT);
    return new Problem(status, "storage_" + kind, "the object store failed; try again");
  }
}
