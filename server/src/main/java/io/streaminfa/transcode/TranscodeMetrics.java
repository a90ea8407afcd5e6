package io.streaminfa.transcode;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.observability.ChannelMetrics;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What this stage tells of its workers. One per process. */
public final class TranscodeMetrics {
  static final String CHANNEL = "ingest_transcode";

  private final ChannelMetrics channels;
  private final Gauge activeJobs;
  private final Histogram latencySeconds;
  private final Gauge fps;
  private final Gauge queueDepth;
  private final Counter errors;
  private final Gauge workerRssBytes;

  public TranscodeMetrics(PrometheusRegistry registry, ChannelMetrics channels) {
    this.channels = channels;
    activeJobs =
        Gauge.builder()
            .name("streaminfa_transcode_active_jobs")
            .help("Worker processes that transcode now.")
            .register(registry);
    latencySeconds =
        Histogram.builder()
            .name("streaminfa_transcode_latency_seconds")
            .help("From a picture's arrival to its encoded packet.")
            .labelNames("rendition")
            .classicOnly()
            .classicUpperBounds(0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 5, 10)
            .register(registry);
    fps =
        Gauge.builder()
            .name("streaminfa_transcode_fps")
            .help("Pictures encoded in the last second.")
            .labelNames("stream_id", "rendition")
            .register(registry);
    queueDepth =
        Gauge.builder()
            .name("streaminfa_transcode_queue_depth")
            .help("Packets on their way to the decoder.")
            .labelNames("stream_id")
            .register(registry);
    errors =
        Counter.builder()
            .name("streaminfa_transcode_errors_total")
            .help("Transcodes that failed, and packets that could not be decoded.")
            .labelNames("error_type")
            .register(registry);
    workerRssBytes =
        Gauge.builder()
            .name("streaminfa_transcode_worker_rss_bytes")
            .help("Resident memory of a stream's worker process.")
            .labelNames("stream_id")
            .register(registry);
  }

  void started() {
    activeJobs.inc();
  }

  void finished(String streamId, List<String> renditions) {
    activeJobs.dec();
    queueDepth.remove(streamId);
    workerRssBytes.remove(streamId);
    renditions.forEach(rendition -> fps.remove(streamId, rendition));
    channels.remove(CHANNEL, streamId);
  }

  void waited(long nanos) {
    channels.waited(CHANNEL, nanos);
  }

  void queue(String streamId, int packets, double utilization) {
    queueDepth.labelValues(streamId).set(packets);
    channels.utilization(CHANNEL, streamId, utilization);
  }

  void latency(String rendition, long nanos) {
    latencySeconds.labelValues(rendition).observe((double) nanos / TimeUnit.SECONDS.toNanos(1));
  }

  void fps(String streamId, String rendition, double perSecond) {
    fps.labelValues(streamId, rendition).set(perSecond);
  }

  void resident(String streamId, long bytes) {
    workerRssBytes.labelValues(streamId).set((double) bytes);
  }

  void failed(String code) {
    errors.labelValues(code).inc();
  }

  void decodeErrors(long more) {
    errors.labelValues("packet_undecodable").inc(more);
  }
}
