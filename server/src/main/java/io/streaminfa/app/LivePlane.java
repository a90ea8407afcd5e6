package io.streaminfa.app;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.auth.StreamKeyVerifier;
import io.streaminfa.config.Config;
import io.streaminfa.ingest.IngestMetrics;
import io.streaminfa.ingest.rtmp.RtmpMetrics;
import io.streaminfa.ingest.rtmp.RtmpServer;
import io.streaminfa.packager.LivePackagers;
import io.streaminfa.pipeline.LiveLimits;
import io.streaminfa.pipeline.LivePipelines;
import io.streaminfa.pipeline.PipelineMetrics;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.transcode.WorkerTranscoder;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** What turns publishers into objects in the store, in the order media flows. */
final class LivePlane {
  private final RtmpServer rtmp;
  private final LivePipelines pipelines;
  private final WorkerTranscoder transcoder;
  private final LivePackagers packagers;

  LivePlane(
      Config config,
      Stages stages,
      StreamRegistry streams,
      StreamKeyVerifier keys,
      PrometheusRegistry prometheus,
      IngestMetrics ingest,
      Clock clock,
      BooleanSupplier storeTakesMedia) {
    packagers = new LivePackagers(stages.packaging());
    transcoder =
        new WorkerTranscoder(
            config.transcode(), false, stages.workers(), stages.transcodeMetrics());
    pipelines =
        new LivePipelines(
            streams,
            keys,
            transcoder,
            packagers,
            stages.packaging().store(),
            limits(config),
            new PipelineMetrics(prometheus, ingest),
            clock,
            storeTakesMedia);
    rtmp =
        new RtmpServer(
            config.server().host(),
            config.server().rtmpPort(),
            config.ingest(),
            pipelines,
            RtmpMetrics.of(ingest));
  }

  private static LiveLimits limits(Config config) {
    return new LiveLimits(
        config.ingest().maxConcurrentLiveStreams(),
        config.ingest().reconnectWindow(),
        LiveLimits.endingGraceOf(config.packaging().segmentDuration()),
        LiveLimits.DEAD_AFTER,
        config.server().shutdownTimeout().multipliedBy(2).dividedBy(5));
  }

  RtmpServer rtmp() {
    return rtmp;
  }

  LivePipelines pipelines() {
    return pipelines;
  }

  LivePackagers packagers() {
    return packagers;
  }

  /** Publishers may come when this returns. */
  void start() throws IOException {
    rtmp.start();
  }

  /** Takes no more media, and gives what is live its end and its recording. */
  void drain(Duration publishersDeadline) throws InterruptedException {
    rtmp.close(publishersDeadline);
    pipelines.close();
  }

  /** Stops what is left; players have gone to the store by now. */
  void close() {
    packagers.close();
    transcoder.close();
  }
}
