package io.streaminfa.control;

import io.streaminfa.ingest.upload.UploadRejected;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.StreamException;
import io.streaminfa.webhooks.WebhookException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** How the failures of other packages look over HTTP. */
final class Problems {
  /** After which a client may ask whether an upload has ended meanwhile. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

  private Problems() {}

  static Problem of(UploadRejected e) {
    return new Problem(e.reason().status(), e.code(), e.getMessage());
  }

  static Map<String, String> headersOf(UploadRejected e) {
    return switch (e.reason()) {
      case TOO_MANY, LOCKED, SHUTTING_DOWN, DISK_FAILED ->
          Map.of("Retry-After", Long.toString(RETRY_AFTER.toSeconds()));
      case MALFORMED,
          UNKNOWN_STREAM,
          TOO_SLOW,
          CONFLICT,
          TOO_LARGE,
          UNSUPPORTED,
          OVER_LIMIT,
          CHECKSUM_MISMATCH,
          CONNECTION_LOST,
          NO_DISK ->
          Map.of();
    };
  }

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

  static Problem of(WebhookException e) {
    return switch (e.kind()) {
      case INVALID -> new Problem(400, e.code(), String.valueOf(e.getMessage()));
      case NOT_FOUND -> new Problem(404, e.code(), String.valueOf(e.getMessage()));
      case LIMIT_REACHED -> new Problem(409, e.code(), String.valueOf(e.getMessage()));
      case STORE_FAILED ->
          new Problem(503, e.code(), "the webhooks cannot be read or saved; nothing changed");
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
          case DENIED, NO_BUCKET, UNAVAILABLE, CORRUPT -> 503;
        };
    String kind = e.kind().name().toLowerCase(Locale.ROOT);
    return new Problem(status, "storage_" + kind, "the object store failed; try again");
  }
}
