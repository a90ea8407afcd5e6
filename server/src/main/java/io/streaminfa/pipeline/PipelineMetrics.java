package io.streaminfa.pipeline;

import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.ingest.IngestMetrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the pipelines count. Series of a stream go when its pipeline is over. */
public final class PipelineMetrics {
  private static final String PROTOCOL = "rtmp";
  private static final String VIDEO = "video";
  private static final String AUDIO = "audio";

  private final Counter frames;
  private final Map<String, SourceMetrics> sources = new ConcurrentHashMap<>();
  private final Counter restarts;
  private final GaugeDataPoint active;

  public PipelineMetrics(PrometheusRegistry registry, IngestMetrics ingest) {
    frames =
        Counter.builder()
            .name("streaminfa_ingest_frames_total")
            .help("Access units taken from publishers.")
            .labelNames("stream_id", "track")
            .register(registry);
    GaugeWithCallback.builder()
        .name("streaminfa_ingest_bitrate_bps")
        .help("What a stream's publisher sends, in bits per second; 0 without one.")
        .labelNames("stream_id")
        .callback(
            series ->
                sources.forEach((stream, source) -> series.call(source.bitsPerSecond(), stream)))
        .register(registry);
    restarts =
        Counter.builder()
            .name("streaminfa_transcode_worker_restarts_total")
            .help("Workers that were replaced because they crashed or hung.")
            .register(registry);
    active = ingest.of(PROTOCOL).activeStreams();
  }

  SourceMetrics sourceOf(String streamId) {
    SourceMetrics source =
        new SourceMetrics(
            frames.labelValues(streamId, VIDEO),
            frames.labelValues(streamId, AUDIO),
            System::nanoTime);
    sources.put(streamId, source);
    return source;
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
    frames.remove(streamId, VIDEO);
    frames.remove(streamId, AUDIO);
    sources.remove(streamId);
  }
}
