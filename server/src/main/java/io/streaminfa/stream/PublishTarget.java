package io.streaminfa.stream;

/** What a presented key opens. */
public sealed interface PublishTarget {
  /** The stream takes media: it is pending, or live and perhaps waiting for its publisher. */
  record Open(Stream stream) implements PublishTarget {}

  /** Nothing to publish to. */
  record Refused(Reason reason) implements PublishTarget {}

  /** Why a key opens nothing. */
  enum Reason {
    /** No stream has this key, and the settings do not name it. */
    UNKNOWN_KEY,
    /** The stream is processing, ready or in error. */
    ENDED,
    /** The stream was deleted. */
    DELETED
  }
}
