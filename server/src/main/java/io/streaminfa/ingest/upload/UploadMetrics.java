package io.streaminfa.ingest.upload;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.ingest.IngestMetrics;
import java.time.Duration;

/** What uploads count. */
public final class UploadMetrics {
  /** The value of the label {@code protocol}. */
  private static final String PROTOCOL = "upload";

  private static final double MIB = 1024.0 * 1024;

  private final IngestMetrics.Protocol counts;
  private final Histogram durationSeconds;
  private final Histogram sizeBytes;

  /** Registers its own; once for each registry. */
  public UploadMetrics(PrometheusRegistry registry, IngestMetrics ingest) {
    counts = ingest.of(PROTOCOL);
    durationSeconds =
        Histogram.builder()
            .name("streaminfa_ingest_upload_duration_seconds")
            .help("From the first byte of an accepted file to its last; pauses count.")
            .classicOnly()
            .classicUpperBounds(0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400)
            .register(registry);
    sizeBytes =
        Histogram.builder()
            .name("streaminfa_ingest_upload_size_bytes")
            .help("Of accepted files.")
            .classicOnly()
            .classicUpperBounds(MIB, 10 * MIB, 100 * MIB, 512 * MIB, 1024 * MIB, 5120 * MIB)
            .register(registry);
  }

  /** A request begins to send a file. */
  void began() {
    counts.connections().inc();
    counts.activeStreams().inc();
  }

  /** It does not any more. */
  void ended() {
    counts.activeStreams().dec();
  }

  void received(long bytes) {
    counts.bytes().inc(bytes);
  }

  void refused(UploadRejected refusal) {
    counts.error(refusal.code());
  }

  void accepted(Duration duration, long bytes) {
    durationSeconds.observe(duration.toMillis() / 1000.0);
    sizeBytes.observe((double) bytes);
  }
}
