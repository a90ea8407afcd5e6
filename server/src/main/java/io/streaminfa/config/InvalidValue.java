package io.streaminfa.config;

/** A value cannot be that of its setting; the reason goes on behind "section.key ". */
final class InvalidValue extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  InvalidValue(String reason) {
    super(reason, null, false, false);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
