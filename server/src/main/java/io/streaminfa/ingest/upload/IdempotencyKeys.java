package io.streaminfa.ingest.upload;

import io.streaminfa.stream.StreamId;
import java.time.Duration;
import java.util.Optional;

/**
 * Remembers which request made which stream, so that a client that heard no answer may ask again.
 */
public interface IdempotencyKeys {
  /** How long a key is remembered. */
  Duration LIFETIME = Duration.ofHours(24);

  /**
   * Begins a request with this key.
   *
   * @param key already bound to the client that sent it
   * @return the stream that an earlier request with this key made; empty when this one begins,
   *     which then ends with {@link #finish} or {@link #forget}
   * @throws UploadRejected 409 while another request with this key runs
   */
  Optional<StreamId> begin(String key) throws UploadRejected;

  /** The request with this key made a stream. */
  void finish(String key, StreamId stream);

  /** The request with this key came to nothing, and may be made again. */
  void forget(String key);
}
