package io.streaminfa.delivery;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.storage.ObjectKey.ObjectType;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What players are served, as Prometheus series. One per registry. */
public final class DeliveryMetrics {
  private static final double[] SECONDS = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
  };

  private final PrometheusRegistry registry;
  private final Counter requests;
  private final Histogram requestSeconds;
  private final Counter bytesSent;
  private final Gauge activeConnections;
  private final Counter cacheHits;
  private final Counter cacheMisses;

  public DeliveryMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    requests =
        counter("delivery_requests_total", "Requests of players; 499: the player left first.")
            .labelNames("status", "object_type")
            .register(registry);
    requestSeconds =
        Histogram.builder()
            .name("streaminfa_delivery_request_duration_seconds")
            .help("From a request to the last byte handed to the network.")
            .labelNames("object_type")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .register(registry);
    bytesSent =
        counter("delivery_bytes_sent_total", "Bytes of bodies sent to players.").register(registry);
    activeConnections =
        Gauge.builder()
            .name("streaminfa_delivery_active_connections")
            .help("Open HTTP connections.")
            .register(registry);
    cacheHits =
        counter("cache_hits_total", "Objects found in the cache.")
            .labelNames("object_type")
            .register(registry);
    cacheMisses =
        counter("cache_misses_total", "Objects looked for in the cache in vain.")
            .labelNames("object_type")
            .register(registry);
  }

  private static Counter.Builder counter(String name, String help) {
    return Counter.builder().name("streaminfa_" + name).help(help);
  }

  void observeCache(SegmentCache cache) {
    gauge("cache_size_bytes", "Bytes of cached objects.", cache::sizeBytes);
    gauge("cache_entries", "Cached objects.", cache::entries);
  }

  private void gauge(String name, String help, LongSupplier value) {
    GaugeWithCallback.builder()
        .name("streaminfa_" + name)
        .help(help)
        .callback(gauge -> gauge.call((double) value.getAsLong()))
        .register(registry);
  }

  void answered(int status, Optional<ObjectType> type, long startNanos) {
    String label = type.map(DeliveryMetrics::label).orElse("unknown");
    requests.labelValues(Integer.toString(status), label).inc();
    requestSeconds.labelValues(label).observe((System.nanoTime() - startNanos) / 1e9);
  }

  void sent(long bytes) {
    bytesSent.inc(bytes);
  }

  void connected() {
    activeConnections.inc();
  }

  void disconnected() {
    activeConnections.dec();
  }

  void cacheHit(ObjectType type) {
    cacheHits.labelValues(label(type)).inc();
  }

  void cacheMiss(ObjectType type) {
    cacheMisses.labelValues(label(type)).inc();
  }

  private static String label(ObjectType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
