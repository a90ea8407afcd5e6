package io.streaminfa.stream;

import java.util.Optional;

/**
 * A stream that a client asks for.
 *
 * @param record empty: as the server is configured
 */
public record NewStream(IngestType ingestType, Metadata metadata, Optional<Boolean> record) {
  /**
   * @param key shown to the client this once; empty for uploads
   */
  public record Made(Stream stream, Optional<StreamKey> key) {}
}
