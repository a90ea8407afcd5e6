package io.streaminfa.storage;

/** The store could not do what it was asked; the cause is typed so that callers can decide. */
public final class StorageException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What went wrong; the lower-case name is the metric's label. */
  public enum Kind {
    /** No space is left. */
    FULL,
    /** Credentials or permissions. */
    DENIED,
    /** The bucket that everything should be in does not exist. */
    NO_BUCKET,
    /** The store does not answer, or not in time. */
    UNAVAILABLE,
    /** The store answered with something that cannot be. */
    CORRUPT
  }

  private final Kind kind;

  public StorageException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public StorageException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** A store's own limit is reached. */
  static StorageException full(ObjectKey key, String limit) {
    return new StorageException(Kind.FULL, "no space for " + key + ": " + limit);
  }

  public Kind kind() {
    return kind;
  }
}
