package io.streaminfa.ingest;

/** A publisher is refused, for a reason that the publisher may read. */
public final class PublishRejected extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why; the lower-case name is the code in the log and the label of the metric. */
  public enum Reason {
    /** No stream has this key. */
    UNKNOWN_KEY,
    /** Too many failed attempts from this address; it is blocked for a while. */
    BLOCKED,
    /** Another publisher is alive on this key. */
    BUSY,
    /** The stream is over: ready, in error or deleted. */
    STREAM_ENDED,
    /** ingest.max_concurrent_live_streams is reached. */
    TOO_MANY_STREAMS,
    /** The disk or the object store cannot take another stream. */
    NO_STORAGE,
    /** Too much waits on the disk for an object store that is away. */
    STORAGE_SPOOL_FULL,
    /** The server is stopping. */
    SHUTTING_DOWN
  }

  private final Reason reason;

  public PublishRejected(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
