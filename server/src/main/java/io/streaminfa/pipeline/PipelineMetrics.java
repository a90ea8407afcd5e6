package io.streaminfa.pipeline;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.ingest.IngestMetrics;

/** What the pipelines count. Series of a stream go when its pipeline is over. */
public final class PipelineMetrics {
  private static final String PROTOCOL = "rtmp";

  private final Counter frames;
  private final Counter restarts;
  private final GaugeDataPoint active;

  public PipelineMetrics(PrometheusRegistry registry, IngestMetrics ingest) {
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
    active = ingest.of(PROTOCOL).activeStreams();
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
    active.inc();
  }

  void publisherLeft() {
    active.dec();
  }

  void streamOver(String streamId) {
    frames.remove(streamId, "video");
    frames.remove(streamId, "audio");
  }
}
