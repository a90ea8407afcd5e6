package io.streaminfa.pipeline;

import io.streaminfa.storage.ObjectStore;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.transcode.Transcoder;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What every live pipeline of this process shares.
 *
 * @param scheduler runs short tasks only
 */
record PipelineEnvironment(
    StreamRegistry registry,
    Transcoder transcoder,
    ObjectStore store,
    LiveLimits limits,
    PipelineMetrics metrics,
    ScheduledExecutorService scheduler,
    Clock clock) {}
