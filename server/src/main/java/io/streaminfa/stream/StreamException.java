package io.streaminfa.stream;

/** A stream cannot do what was asked of it. The code is stable: API errors carry it. */
public abstract sealed class StreamException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final String sentence;

  private StreamException(String code, String message) {
    super(message);
    this.code = code;
    this.sentence = message;
  }

  /** A snake_case name that never changes, such as {@code stream_not_found}. */
  public final String code() {
    return code;
  }

  @Override
  public final String getMessage() {
    return sentence;
  }

  /** There is no such stream, or not any more. */
  public static final class NotFound extends StreamException {
    private static final long serialVersionUID = 1L;

    public NotFound(StreamId id) {
      super("stream_not_found", "there is no stream " + id);
    }
  }

  /** The stream is in a state that does not allow it. */
  public static final class Conflict extends StreamException {
    private static final long serialVersionUID = 1L;

    public Conflict(String code, String message) {
      super(code, message);
    }

    static Conflict transition(Stream stream, StreamState next) {
      return new Conflict(
          "illegal_transition",
          "a stream that is %s cannot become %s"
              .formatted(stream.state().wireName(), next.wireName()));
    }
  }

  /** {@link StreamRegistry#MAX_STREAMS} is reached. */
  public static final class LimitReached extends StreamException {
    private static final long serialVersionUID = 1L;

    public LimitReached() {
      super("too_many_streams", "the server keeps " + StreamRegistry.MAX_STREAMS + " streams");
    }
  }

  /** The store could not save the change, so it did not happen. */
  public static final class StoreFailed extends StreamException {
    private static final long serialVersionUID = 1L;

    public StoreFailed(String message, Throwable cause) {
      super("state_store_failed", message);
      initCause(cause);
    }
  }
}
