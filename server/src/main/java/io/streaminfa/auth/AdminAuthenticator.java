package io.streaminfa.auth;

import io.streaminfa.stream.KeyHash;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Decides who may administrate. Does not block; safe from any thread. */
public final class AdminAuthenticator {
  private static final String SCHEME = "bearer ";

  private final List<KeyHash> tokens;
  private final AttemptLimiter limiter;
  private final AuthMetrics metrics;

  private AdminAuthenticator(List<KeyHash> tokens, AttemptLimiter limiter, AuthMetrics metrics) {
    this.tokens = tokens;
    this.limiter = limiter;
    this.metrics = metrics;
  }

  /** The answer to a request. */
  public sealed interface Decision {
    record Accepted() implements Decision {}

    /** No bearer token was sent; not counted as an attempt. */
    record Missing() implements Decision {}

    record Wrong() implements Decision {}

    /**
     * A wrong token from an address that sent too many.
     *
     * @param retryAfter how long that lasts
     */
    record Blocked(Duration retryAfter) implements Decision {}
  }

  /**
   * With the configured tokens, or without any, with the one in {@code admin-token} in the data
   * directory, which is made at the first start.
   *
   * @throws IOException when that file cannot be made or read
   */
  public static AdminAuthenticator open(
      AuthSettings settings, Path dataDir, AttemptLimiter limiter, AuthMetrics metrics)
      throws IOException {
    List<String> tokens =
        settings.adminBearerTokens().isEmpty()
            ? List.of(AdminTokenFile.readOrCreate(dataDir))
            : settings.adminBearerTokens();
    return new AdminAuthenticator(tokens.stream().map(KeyHash::of).toList(), limiter, metrics);
  }

  /**
   * @param authorization the request's Authorization header
   */
  public Decision authenticate(InetAddress address, Optional<String> authorization) {
    Optional<String> token = authorization.flatMap(AdminAuthenticator::bearerToken);
    if (token.isEmpty()) {
      metrics.failed(AuthMetrics.Kind.TOKEN_MISSING);
      return new Decision.Missing();
    }
    if (isValid(token.get())) {
      return new Decision.Accepted();
    }
    Duration blocked = limiter.failed(address);
    if (blocked.isZero()) {
      metrics.failed(AuthMetrics.Kind.TOKEN_WRONG);
      return new Decision.Wrong();
    }
    metrics.failed(AuthMetrics.Kind.BLOCKED);
    return new Decision.Blocked(blocked);
  }

  /** Compares with every token, so that the time does not tell which one is near. */
  private boolean isValid(String presented) {
    boolean valid = false;
    for (KeyHash token : tokens) {
      valid |= token.matches(presented);
    }
    return valid;
  }

  private static Optional<String> bearerToken(String authorization) {
    // RFC 9110, 11.1: the scheme is case-insensitive.
    if (!authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return Optional.empty();
    }
    String token = authorization.substring(SCHEME.length()).strip();
    return token.isEmpty() ? Optional.empty() : Optional.of(token);
  }
}
