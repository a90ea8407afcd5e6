package io.streaminfa.ingest.upload;

/** An upload is refused, for a reason that the client may read. */
public final class UploadRejected extends Exception {
  private static final long serialVersionUID = 1L;

  /** Whose fault it is; the HTTP status follows from it. */
  public enum Reason {
    /** The request is not what an upload looks like. */
    MALFORMED(400, false),
    /** The named stream, or the named resumable upload, does not exist. */
    UNKNOWN_STREAM(404, true),
    /** The client stopped sending. */
    TOO_SLOW(408, true),
    /** The stream is not one that waits for an upload, or another upload of it runs. */
    CONFLICT(409, true),
    /** Above ingest.max_upload_size_bytes. */
    TOO_LARGE(413, true),
    /** Not a media file, or with a codec that is not allowed. */
    UNSUPPORTED(415, false),
    /** Readable, but over a limit of duration or size of the picture. */
    OVER_LIMIT(422, false),
    /** Another request writes to the same resumable upload. */
    LOCKED(423, true),
    /** ingest.max_concurrent_uploads run. */
    TOO_MANY(429, true),
    /** The bytes that came have another checksum than the client says (tus, "Checksum"). */
    CHECKSUM_MISMATCH(460, true),
    /** The connection is gone, so nobody reads this status. */
    CONNECTION_LOST(499, true),
    /** The server is stopping. */
    SHUTTING_DOWN(503, true),
    /** The disk failed. */
    DISK_FAILED(503, true),
    /** The disk would be too full. */
    NO_DISK(507, true);

    private final int status;
    private final boolean retryable;

    Reason(int status, boolean retryable) {
      this.status = status;
      this.retryable = retryable;
    }

    public int status() {
      return status;
    }

    /** Whether the same file may be sent again to the same stream. */
    public boolean retryable() {
      return retryable;
    }
  }

  private final Reason reason;
  private final String code;
  private final String sentence;

  /**
   * @param code snake_case and stable; what a program looks at, and the label of the metric
   * @param message a sentence for people that says what was found
   */
  public UploadRejected(Reason reason, String code, String message) {
    super(message);
    this.reason = reason;
    this.code = code;
    this.sentence = message;
  }

  public Reason reason() {
    return reason;
  }

  public String code() {
    return code;
  }

  @Override
  public String getMessage() {
    return sentence;
  }
}
