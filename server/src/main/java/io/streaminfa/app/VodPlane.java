package io.streaminfa.app;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.config.Config;
import io.streaminfa.jobs.JobException;
import io.streaminfa.jobs.JobQueue;
import io.streaminfa.packager.PackagerServices;
import io.streaminfa.pipeline.VodEnvironment;
import io.streaminfa.pipeline.VodLimits;
import io.streaminfa.pipeline.VodMetrics;
import io.streaminfa.pipeline.VodPipelines;
import io.streaminfa.pipeline.VodUploads;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.transcode.FileTranscoder;
import io.streaminfa.transcode.ProbeLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntSupplier;

/** All that uploaded files pass through. */
final class VodPlane {
  private final VodPipelines pipelines;
  private final VodUploads uploads;

  /**
   * @throws IOException when the directory of sources cannot be made
   */
  VodPlane(
      Config config,
      JobQueue jobs,
      FileTranscoder transcoder,
      PackagerServices packaging,
      StreamRegistry streams,
      PrometheusRegistry prometheus,
      IntSupplier liveStreams)
      throws IOException {
    Path dataDirectory = config.server().dataDir();
    pipelines =
        new VodPipelines(
            new VodEnvironment(
                streams, jobs, transcoder, packaging, new VodMetrics(prometheus), dataDirectory),
            limits(config),
            liveStreams);
    uploads = new VodUploads(streams, pipelines, dataDirectory);
  }

  private static VodLimits limits(Config config) {
    ProbeLimits probe =
        new ProbeLimits(
            config.ingest().allowedCodecs(),
            config.ingest().allowedAudioCodecs(),
            config.ingest().maxDuration(),
            config.ingest().maxLongEdgePixels());
    return new VodLimits(
        probe,
        config.transcode(),
        config.packaging().segmentDuration(),
        VodLimits.slotsFor(Runtime.getRuntime().availableProcessors(), config.transcode()));
  }

  VodPipelines pipelines() {
    return pipelines;
  }

  VodUploads uploads() {
    return uploads;
  }

  /** Goes on with what an earlier process left. */
  void start() throws IOException {
    try {
      uploads.sweep();
      pipelines.start();
    } catch (JobException e) {
      throw new IOException("the jobs cannot be read: " + e.getMessage(), e);
    }
  }

  /** Stops at once; the next start goes on. */
  void close() {
    pipelines.close();
  }
}
