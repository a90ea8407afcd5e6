package io.streaminfa.pipeline;

import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What the work on files tells. A stream's series goes with its job. */
public final class VodMetrics {
  private static final int PERCENT = 100;

  private final Gauge progress;

  public VodMetrics(PrometheusRegistry registry) {
    progress =
        Gauge.builder()
            .name("streaminfa_vod_progress_percent")
            .help("How much of an uploaded file is encoded.")
            .labelNames("stream_id")
            .register(registry);
  }

  void progress(String streamId, double fraction) {
    progress.labelValues(streamId).set(fraction * PERCENT);
  }

  void over(String streamId) {
    progress.remove(streamId);
  }
}
