package io.streaminfa.ingest;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/**
 * What every protocol counts, by protocol.
 *
 * @param connections accepted, those closed at once included
 * @param bytes received
 * @param errors by stable name: refusals, broken connections, repaired or skipped media
 * @param activeStreams that somebody sends to now
 */
public record IngestMetrics(
    Counter connections, Counter bytes, Counter errors, Gauge activeStreams) {
  /** Makes the metrics and registers them; once for each registry. */
  public static IngestMetrics register(PrometheusRegistry registry) {
    return new IngestMetrics(
        Counter.builder()
            .name("streaminfa_ingest_connections_total")
            .help("Connections accepted")
            .labelNames("protocol")
            .register(registry),
        Counter.builder()
            .name("streaminfa_ingest_bytes_total")
            .help("Bytes received")
            .labelNames("protocol")
            .register(registry),
        Counter.builder()
            .name("streaminfa_ingest_errors_total")
            .help("Refusals, broken connections, and media that was repaired or skipped")
            .labelNames("protocol", "error_type")
            .register(registry),
        Gauge.builder()
            .name("streaminfa_ingest_active_streams")
            .help("Streams that somebody sends to now.")
            .labelNames("protocol")
            .register(registry));
  }

  /** The metrics of one protocol, each at 0 from now on. */
  public Protocol of(String protocol) {
    return new Protocol(
        protocol,
        connections.labelValues(protocol),
        bytes.labelValues(protocol),
        errors,
        activeStreams.labelValues(protocol));
  }

  /**
   * @param name the label's value
   */
  public record Protocol(
      String name,
      CounterDataPoint connections,
      CounterDataPoint bytes,
      Counter errors,
      GaugeDataPoint activeStreams) {
    /** Counts one error by its stable name. */
    public void error(String errorType) {
      errors.labelValues(name, errorType).inc();
    }
  }
}
