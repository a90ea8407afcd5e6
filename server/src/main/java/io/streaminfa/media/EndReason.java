package io.streaminfa.media;

/** Why a publisher's media ended. */
public enum EndReason {
  /** The publisher said so: FCUnpublish, closeStream, deleteStream. */
  CLEAN,
  /** The connection closed, was reset or fell silent; the publisher may come back. */
  CONNECTION_LOST,
  /** The publisher broke the protocol, a format or a limit. */
  REFUSED,
  /** The server is shutting down. */
  SHUTDOWN
}
