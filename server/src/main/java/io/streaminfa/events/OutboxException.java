package io.streaminfa.events;

/** The outbox cannot be read or written now. */
public final class OutboxException extends Exception {
  private static final long serialVersionUID = 1L;

  public OutboxException(String message, Throwable cause) {
    super(message, cause);
  }
}
