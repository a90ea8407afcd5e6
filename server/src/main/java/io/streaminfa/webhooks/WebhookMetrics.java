package io.streaminfa.webhooks;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;

/** What deliveries tell of themselves. One per process. */
public final class WebhookMetrics {
  private final Counter deliveries;
  private final Histogram attemptSeconds;

  public WebhookMetrics(PrometheusRegistry registry) {
    deliveries =
        Counter.builder()
            .name("streaminfa_webhook_deliveries_total")
            .help("Attempts to deliver an event: delivered, failed, or failed and given up.")
            .labelNames("result")
            .register(registry);
    for (Result result : Result.values()) {
      deliveries.initLabelValues(result.label);
    }
    attemptSeconds =
        Histogram.builder()
            .name("streaminfa_webhook_attempt_seconds")
            .help("From the resolving of the receiver's name to its answer.")
            .classicOnly()
            .classicUpperBounds(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
            .register(registry);
  }

  /** How an attempt ended. */
  enum Result {
    DELIVERED("delivered"),
    FAILED("failed"),
    GIVEN_UP("given_up");

    private final String label;

    Result(String label) {
      this.label = label;
    }
  }

  void attempted(Result result, Duration took) {
    deliveries.labelValues(result.label).inc();
    attemptSeconds.observe(took.toNanos() / 1e9);
  }
}
