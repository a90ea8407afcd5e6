package io.streaminfa.ingest.rtmp;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.ingest.IngestMetrics;

/** What the RTMP ingest counts. */
public record RtmpMetrics(IngestMetrics.Protocol counts) {
  /** The value of the label {@code protocol}. */
  static final String PROTOCOL = "rtmp";

  public static RtmpMetrics of(IngestMetrics ingest) {
    return new RtmpMetrics(ingest.of(PROTOCOL));
  }

  /** With metrics of its own, for a registry that has no others of the ingest. */
  static RtmpMetrics register(PrometheusRegistry registry) {
    return of(IngestMetrics.register(registry));
  }

  void connected() {
    counts.connections().inc();
  }

  void received(int count) {
    counts.bytes().inc(count);
  }

  void error(String errorType) {
    counts.error(errorType);
  }
}
