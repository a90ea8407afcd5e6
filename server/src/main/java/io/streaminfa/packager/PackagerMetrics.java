package io.streaminfa.packager;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.observability.ChannelMetrics;

/** The {@code streaminfa_package_*} series, and those of the hand-off to the store. */
public final class PackagerMetrics {
  static final String CHANNEL = "packager_storage";

  private static final double NANOS_PER_SECOND = 1e9;

  private final ChannelMetrics channels;
  private final Counter segmentsWritten;
  private final Counter playlistUpdates;
  private final Histogram muxSeconds;

  public PackagerMetrics(PrometheusRegistry registry, ChannelMetrics channels) {
    this.channels = channels;
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

  /** How full a stream's queue of rows is, 0 to 1. */
  void queue(String streamId, double utilization) {
    channels.utilization(CHANNEL, streamId, utilization);
  }

  /** A packager found the queue full and waited. */
  void waited(long nanos) {
    channels.waited(CHANNEL, nanos);
  }

  /** The stream's queue is gone. */
  void closed(String streamId) {
    channels.remove(CHANNEL, streamId);
  }

  void muxed(long nanos) {
    muxSeconds.observe(nanos / NANOS_PER_SECOND);
  }
}
