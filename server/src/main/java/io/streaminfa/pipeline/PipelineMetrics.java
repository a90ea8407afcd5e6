package io.streaminfa.pipeline;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What the pipelines count. Series of a stream go when its pipeline is over. */
public final class PipelineMetrics {
  private static final String PROTOCOL = "rtmp";

  private final Counter frames;
  private final Counter restarts;
  private final Gauge active;

  public PipelineMetrics(PrometheusRegistry registry) {
    frames =
        Counter.builder()
            .name("streaminfa_ingest_frames_total")
            .help("Access units taken from publishers.")
            .labelNames("stream_id", "track")
            .register(registry);
    restarts =
        Counter.builder()
            .name("streaminfa_transcode_worker_restarts_total")
            .help("Workers that were replaced because they crashed or hung.")
            .register(registry);
    active =
        Gauge.builder()
            .name("streaminfa_ingest_active_streams")
            .help("Streams with a publisher now.")
            .labelNames("protocol")
            .register(registry);
    active.labelValues(PROTOCOL).set(0);
  }

  /** A stream's own counters, looked up once and not for each sample. */
  record Frames(CounterDataPoint video, CounterDataPoint audio) {
    void received(boolean isVideo) {
      (isVideo ? video : audio).inc();
    }
  }

  Frames framesOf(String streamId) {
    return new Frames(frames.labelValues(streamId, "video"), frames.labelValues(streamId, "audio"));
  }

  void workerReplaced() {
    restarts.inc();
  }

  void publisherCame() {
    active.labelValues(PROTOCOL).inc();
  }

  void publisherLeft() {
    active.labelValues(PROTOCOL).dec();
  }

  void streamOver(String streamId) {
    frames.remove(streamId, "video");
    frames.remove(streamId, "audio");
  }
}
