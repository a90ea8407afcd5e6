package io.streaminfa.auth;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;

/** {@code streaminfa_auth_failures_total{kind}}. */
public final class AuthMetrics {
  /** What went wrong; the lower-case name is the label. */
  enum Kind {
    TOKEN_MISSING,
    TOKEN_WRONG,
    KEY_UNKNOWN,
    /** A wrong token or key from an address that is blocked. */
    BLOCKED
  }

  private final Counter failures;

  public AuthMetrics(PrometheusRegistry prometheus) {
    failures =
        Counter.builder()
            .name("streaminfa_auth_failures_total")
            .help("Refused credentials of publishers and administrators.")
            .labelNames("kind")
            .register(prometheus);
    for (Kind kind : Kind.values()) {
      failures.initLabelValues(label(kind));
    }
  }

  void failed(Kind kind) {
    failures.labelValues(label(kind)).inc();
  }

  private static String label(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
