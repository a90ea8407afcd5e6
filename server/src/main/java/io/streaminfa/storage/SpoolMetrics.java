package io.streaminfa.storage;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What waits in a spool, as Prometheus series. One per registry. */
public final class SpoolMetrics {
  private static final double MILLIS = 1e3;

  private SpoolMetrics() {}

  public static void register(PrometheusRegistry registry, SpooledObjectStore spool) {
    GaugeWithCallback.builder()
        .name("streaminfa_storage_spool_bytes")
        .help("Bytes that wait on the local disk for the object store.")
        .callback(gauge -> gauge.call((double) spool.status().bytes()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("streaminfa_storage_spool_oldest_age_seconds")
        .help("How long the oldest of what waits has waited; 0: nothing waits.")
        .callback(gauge -> gauge.call(spool.status().oldestAge().toMillis() / MILLIS))
        .register(registry);
  }
}
