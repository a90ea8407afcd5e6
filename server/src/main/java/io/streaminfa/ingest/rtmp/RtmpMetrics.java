package io.streaminfa.ingest.rtmp;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/**
 * What the ingest counts, by protocol.
 *
 * @param connections accepted, those closed at once included
 * @param bytes received
 * @param errors by stable name: refusals, broken connections, repaired or skipped media
 */
public record RtmpMetrics(CounterDataPoint connections, CounterDataPoint bytes, Counter errors) {
  /** The value of the label {@code protocol}. */
  static final String PROTOCOL = "rtmp";

  /** Makes the counters and registers them; once for each registry. */
  public static RtmpMetrics register(PrometheusRegistry registry) {
    return new RtmpMetrics(
        Counter.builder()
            .name("streaminfa_ingest_connections_total")
            .help("Connections accepted")
            .labelNames("protocol")
            .register(registry)
            .labelValues(PROTOCOL),
        Counter.builder()
            .name("streaminfa_ingest_bytes_total")
            .help("Bytes received")
            .labelNames("protocol")
            .register(registry)
            .labelValues(PROTOCOL),
        Counter.builder()
            .name("streaminfa_ingest_errors_total")
            .help("Refusals, broken connections, and media that was repaired or skipped")
            .labelNames("protocol", "error_type")
            .register(registry));
  }

  void connected() {
    connections.inc();
  }

  void received(int count) {
    bytes.inc(count);
  }

  void error(String errorType) {
    errors.labelValues(PROTOCOL, errorType).inc();
  }
}
