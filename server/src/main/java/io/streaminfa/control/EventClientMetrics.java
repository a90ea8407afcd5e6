package io.streaminfa.control;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Those who listen to events. One per process. */
public final class EventClientMetrics {
  private final Gauge clients;
  private final Counter dropped;

  public EventClientMetrics(PrometheusRegistry registry) {
    clients =
        Gauge.builder()
            .name("streaminfa_event_clients")
            .help("Clients that listen to events now.")
            .register(registry);
    dropped =
        Counter.builder()
            .name("streaminfa_event_clients_dropped_total")
            .help("Clients that were not let in, or cut off because they read too slowly.")
            .labelNames("reason")
            .register(registry);
    dropped.initLabelValues("too_many");
    dropped.initLabelValues("too_slow");
  }

  void opened() {
    clients.inc();
  }

  void closed() {
    clients.dec();
  }

  void refused() {
    dropped.labelValues("too_many").inc();
  }

  void tooSlow() {
    dropped.labelValues("too_slow").inc();
  }
}
