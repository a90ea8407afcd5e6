package io.streaminfa.ingest.upload;

import io.streaminfa.observability.LogContext;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every upload works with.
 *
 * @param maxBytes of a file
 * @param timeout in which {@link RequestBody#MIN_PROGRESS_BYTES} must come
 */
record UploadEnvironment(
    Path directory,
    long maxBytes,
    Duration timeout,
    UploadSlots slots,
    DiskBudget disk,
    UploadHandler handler,
    UploadMetrics metrics) {
  private static final Logger log = LoggerFactory.getLogger(UploadEnvironment.class);

  /** Opens the stream that a client names. */
  Stream open(String presentedId) throws UploadRejected, StreamException {
    StreamId id =
        StreamId.parse(presentedId)
            .orElseThrow(
                () ->
                    new UploadRejected(
                        UploadRejected.Reason.UNKNOWN_STREAM,
                        "stream_not_found",
                        "there is no such stream"));
    return handler.open(Optional.of(id));
  }

  /** Tells the handler, whose own failure changes nothing for the client. */
  void abandon(StreamId id, Optional<StreamFailure> failure) {
    try (var _ = LogContext.ofStream(id.value())) {
      handler.abandon(id, failure);
    } catch (StreamException e) {
      log.warn("upload_not_abandoned stream_id={} code={}", id, e.code());
    }
  }
}
