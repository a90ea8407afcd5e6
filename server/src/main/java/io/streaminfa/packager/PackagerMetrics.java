package io.streaminfa.packager;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** The {@code streaminfa_package_*} series. */
public final class PackagerMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Counter segmentsWritten;
  private final Counter playlistUpdates;
  private final Histogram muxSeconds;

  public PackagerMetrics(PrometheusRegistry registry) {
    segmentsWritten =
        Counter.builder()
            .name("streaminfa_package_segments_written_total")
            .help("Media segments that are durable and listed.")
            .labelNames("rendition")
            .register(registry);
    playlistUpdates =
        Counter.builder()
            .name("streaminfa_package_manifest_updates_total")
            .help("Media playlists replaced.")
            .labelNames("rendition")
            .register(registry);
    muxSeconds =
        Histogram.builder()
            .name("streaminfa_package_mux_duration_seconds")
            .help("Time spent on writing the boxes of one segment.")
            .classicUpperBounds(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
            .register(registry);
  }

  void segmentWritten(String rendition) {
    segmentsWritten.labelValues(rendition).inc();
  }

  void playlistUpdated(String rendition) {
    playlistUpdates.labelValues(rendition).inc();
  }

  void muxed(long nanos) {
    muxSeconds.observe(nanos / NANOS_PER_SECOND);
  }
}
