package io.streaminfa.storage;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.storage.ObjectKey.ObjectType;
import java.util.Locale;

/** What the store does, as Prometheus series. One per registry. */
public final class StorageMetrics {
  /** From a memory store's copy to a far S3's worst second. */
  private static final double[] SECONDS = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
  };

  private final Histogram putSeconds;
  private final Histogram getSeconds;
  private final Counter putBytes;
  private final Counter getBytes;
  private final Counter errors;
  private final Counter retries;
  private final Counter segmentsDeleted;

  public StorageMetrics(PrometheusRegistry registry) {
    putSeconds = seconds("put", "Time to store an object durably.", registry);
    getSeconds = seconds("get", "Time to read an object or a range of one.", registry);
    putBytes = counter("put_bytes_total", "Bytes stored.").register(registry);
    getBytes = counter("get_bytes_total", "Bytes read.").register(registry);
    errors =
        counter("errors_total", "Calls of the store that failed.")
            .labelNames("operation", "error_type")
            .register(registry);
    retries =
        counter("retries_total", "Requests to the store that were sent again.")
            .labelNames("operation")
            .register(registry);
    segmentsDeleted =
        counter("segments_deleted_total", "Objects removed, one by one or with their stream.")
            .register(registry);
  }

  private static Histogram seconds(String operation, String help, PrometheusRegistry registry) {
    return Histogram.builder()
        .name("streaminfa_storage_" + operation + "_duration_seconds")
        .help(help)
        .labelNames("object_type")
        .classicOnly()
        .classicUpperBounds(SECONDS)
        .register(registry);
  }

  private static Counter.Builder counter(String name, String help) {
    return Counter.builder().name("streaminfa_storage_" + name).help(help);
  }

  void putDone(ObjectType type, long startNanos, int bytes) {
    putSeconds.labelValues(label(type)).observe(secondsSince(startNanos));
    putBytes.inc(bytes);
  }

  void getDone(ObjectType type, long startNanos, int bytes) {
    getSeconds.labelValues(label(type)).observe(secondsSince(startNanos));
    getBytes.inc(bytes);
  }

  void failed(String operation, StorageException e) {
    errors.labelValues(operation, e.kind().name().toLowerCase(Locale.ROOT)).inc();
  }

  /**
   * A store sends a request again.
   *
   * @param operation as in {@code errors_total}
   */
  public void retried(String operation) {
    retries.labelValues(operation).inc();
  }

  void deleted(long objects) {
    segmentsDeleted.inc(objects);
  }

  private static String label(ObjectType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  private static double secondsSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
