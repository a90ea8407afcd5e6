package io.streaminfa.packager;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.observability.ChannelMetrics;

/** The {@code streaminfa_package_*} series, and those of the hand-off to the store. */
public final class PackagerMetrics {
  static final String CHANNEL = "packager_storage";

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MICROS_PER_SECOND = 1e6;

  private final ChannelMetrics channels;
  private final Counter segmentsEncoded;
  private final Histogram segmentSeconds;
  private final Counter segmentsWritten;
  private final Counter playlistUpdates;
  private final Histogram muxSeconds;

  public PackagerMetrics(PrometheusRegistry registry, ChannelMetrics channels) {
    this.channels = channels;
    segmentsEncoded =
        Counter.builder()
            .name("streaminfa_transcode_segments_total")
            .help("Segments that the encoders have completed, stored or not.")
            .labelNames("rendition")
            .register(registry);
    segmentSeconds =
        Histogram.builder()
            .name("streaminfa_transcode_segment_duration_seconds")
            .help("Playing time of the segments that the encoders have completed.")
            .labelNames("rendition")
            .classicOnly()
            .classicUpperBounds(0.5, 1, 2, 3, 4, 5, 5.9, 6.1, 7, 8, 10, 15)
            .register(registry);
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

  /** A segment is cut and about to be stored. */
  void segmentEncoded(String rendition, CutSegment segment) {
    segmentsEncoded.labelValues(rendition).inc();
    segmentSeconds.labelValues(rendition).observe(segment.durationMicros() / MICROS_PER_SECOND);
    muxSeconds.observe(segment.muxNanos() / NANOS_PER_SECOND);
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
}
