package io.streaminfa.auth;

import java.time.Duration;
import java.util.List;

/** The {@code [auth]} section, and what of {@code [security]} limits failed attempts. */
public record AuthSettings(
    List<String> ingestStreamKeys,
    List<String> adminBearerTokens,
    int maxAttempts,
    Duration attemptWindow,
    Duration blockDuration) {
  public AuthSettings {
    ingestStreamKeys = List.copyOf(ingestStreamKeys);
    adminBearerTokens = List.copyOf(adminBearerTokens);
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "AuthSettings["
        + ingestStreamKeys.size()
        + " keys, "
        + adminBearerTokens.size()
        + " tokens]";
  }
}
