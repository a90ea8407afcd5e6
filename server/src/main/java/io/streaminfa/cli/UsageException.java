package io.streaminfa.cli;

/** Something typed that is not understood; the message is for the one who typed it. */
public final class UsageException extends Exception {
  private static final long serialVersionUID = 1;

  public UsageException(String message) {
    super(message);
  }
}
