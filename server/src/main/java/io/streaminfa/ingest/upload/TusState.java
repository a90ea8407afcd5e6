package io.streaminfa.ingest.upload;

import io.streaminfa.stream.StreamId;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known of a resumable upload, and kept in a file beside its bytes.
 *
 * @param id in its URL and in the names of its files
 * @param length of the whole file
 * @param offset bytes that the client need not send again: they are on the disk, synced. The length
 *     only when the file was accepted, so that a crash before that brings the client back
 * @param metadata as the client sent it, for the answers
 * @param stream named by the client, or made when the file was complete
 * @param createdAt of the upload, for its duration
 * @param expiresAt when nobody goes on
 */
record TusState(
    String id,
    long length,
    long offset,
    String metadata,
    Optional<StreamId> stream,
    Instant createdAt,
    Instant expiresAt,
    Phase phase) {
  /** How far it is. */
  enum Phase {
    /** Bytes are missing. */
    RECEIVING,
    /** All bytes came, and the handler was asked; whether it took the file, the file tells. */
    ACCEPTING,
    /** The handler has the file. */
    ACCEPTED
  }

  TusState withOffset(long bytes, Instant expires) {
    return new TusState(id, length, bytes, metadata, stream, createdAt, expires, phase);
  }

  TusState accepting(StreamId by) {
    return new TusState(
        id, length, offset, metadata, Optional.of(by), createdAt, expiresAt, Phase.ACCEPTING);
  }

  TusState accepted(Instant expires) {
    return new TusState(id, length, length, metadata, stream, createdAt, expires, Phase.ACCEPTED);
  }

  /** Back from {@link #accepting}. */
  TusState receiving() {
    return new TusState(
        id, length, offset, metadata, stream, createdAt, expiresAt, Phase.RECEIVING);
  }
}
