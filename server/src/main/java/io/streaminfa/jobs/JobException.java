package io.streaminfa.jobs;

import io.streaminfa.stream.StreamId;

/** A job cannot do what was asked of it. The code is stable. */
public abstract sealed class JobException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;

  private JobException(String code, String message) {
    super(message);
    this.code = code;
  }

  /** A snake_case name that never changes, such as {@code job_not_found}. */
  public final String code() {
    return code;
  }

  /** There is no such job or chunk, or not any more: its stream may have been deleted. */
  public static final class NotFound extends JobException {
    private static final long serialVersionUID = 1L;

    public NotFound(StreamId id) {
      super("job_not_found", "stream " + id + " has no job");
    }

    public NotFound(StreamId id, int index) {
      super("chunk_not_found", "the job of stream " + id + " has no chunk " + index);
    }
  }

  /** The job or chunk is in a state that does not allow it. */
  public static final class Conflict extends JobException {
    private static final long serialVersionUID = 1L;

    public Conflict(String message) {
      super("illegal_job_change", message);
    }
  }

  /** The store could not save the change, so it did not happen. */
  public static final class StoreFailed extends JobException {
    private static final long serialVersionUID = 1L;

    public StoreFailed(String message, Throwable cause) {
      super("state_store_failed", message);
      initCause(cause);
    }
  }
}
