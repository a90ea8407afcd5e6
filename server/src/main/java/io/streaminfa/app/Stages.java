package io.streaminfa.app;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.config.Config;
import io.streaminfa.observability.ChannelMetrics;
import io.streaminfa.packager.PackagerMetrics;
import io.streaminfa.packager.PackagerServices;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.Retention;
import io.streaminfa.transcode.TranscodeMetrics;
import io.streaminfa.transcode.WorkerCommand;
import java.time.Clock;

/** What live streams and files pass through both. */
record Stages(
    WorkerCommand workers, TranscodeMetrics transcodeMetrics, PackagerServices packaging) {
  static Stages of(
      Config config,
      WorkerCommand workers,
      ObjectStore store,
      Retention retention,
      PrometheusRegistry prometheus,
      Clock clock) {
    ChannelMetrics channels = new ChannelMetrics(prometheus);
    return new Stages(
        workers,
        new TranscodeMetrics(prometheus, channels),
        new PackagerServices(
            config.packaging(),
            store,
            clock,
            new PackagerMetrics(prometheus, channels),
            retention::expire));
  }
}
