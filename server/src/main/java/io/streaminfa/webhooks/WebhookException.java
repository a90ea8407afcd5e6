package io.streaminfa.webhooks;

/** A receiver cannot be added, found or kept. The code is stable: API errors carry it. */
public final class WebhookException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What a client can do about it. */
  public enum Kind {
    INVALID,
    NOT_FOUND,
    LIMIT_REACHED,
    STORE_FAILED
  }

  private final Kind kind;
  private final String code;

  WebhookException(Kind kind, String code, String message) {
    super(message);
    this.kind = kind;
    this.code = code;
  }

  private WebhookException(String message, Throwable cause) {
    super(message, cause);
    this.kind = Kind.STORE_FAILED;
    this.code = "state_store_failed";
  }

  /** The store could not read or save; nothing changed. */
  public static WebhookException storeFailed(String message, Throwable cause) {
    return new WebhookException(message, cause);
  }

  static WebhookException notFound() {
    return new WebhookException(Kind.NOT_FOUND, "webhook_not_found", "there is no such webhook");
  }

  public Kind kind() {
    return kind;
  }

  /** A snake_case name that never changes. */
  public String code() {
    return code;
  }
}
