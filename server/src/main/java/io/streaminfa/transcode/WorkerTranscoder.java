package io.streaminfa.transcode;

import io.streaminfa.media.MediaSink;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs each transcode in a child process: a native crash ends one stream's worker, nothing else.
 */
public final class WorkerTranscoder implements Transcoder, AutoCloseable {
  private static final int MAX_TOP_RUNG_THREADS = 6;

  private final TranscodeSettings settings;
  private final boolean lowLatency;
  private final WorkerCommand command;
  private final TranscodeMetrics metrics;
  private final AtomicInteger encoderThreads = new AtomicInteger();
  private final Set<WorkerStream> streams = ConcurrentHashMap.newKeySet();

  /**
   * @param lowLatency encoders without lookahead and B-frames
   */
  public WorkerTranscoder(
      TranscodeSettings settings,
      boolean lowLatency,
      WorkerCommand command,
      TranscodeMetrics metrics) {
    this.settings = settings;
    this.lowLatency = lowLatency;
    this.command = command;
    this.metrics = metrics;
  }

  @Override
  public MediaSink open(String name, long encodeFromMillis, TranscodeOutput output) {
    int threads = reserveThreads();
    WorkerStream stream =
        new WorkerStream(
            name,
            command,
            new WorkerMessage.Configure(settings, lowLatency, threads, encodeFromMillis),
            new WorkerStream.Listener(output, metrics));
    streams.add(stream);
    stream.start(
        () -> {
          streams.remove(stream);
          encoderThreads.addAndGet(-threads);
        });
    return stream;
  }

  /** One thread a rung, and what the machine has left for the top one. */
  private int reserveThreads() {
    int rungs = settings.ladder().size();
    int cores = Runtime.getRuntime().availableProcessors();
    int wanted = rungs - 1 + Math.clamp(cores / 2, 2, MAX_TOP_RUNG_THREADS);
    int before = encoderThreads.getAndUpdate(used -> used + grant(used, rungs, wanted));
    return grant(before, rungs, wanted);
  }

  private int grant(int used, int rungs, int wanted) {
    return Math.clamp((long) settings.maxBlockingThreads() - used, rungs, Math.max(rungs, wanted));
  }

  /** Kills the workers that still run. */
  @Override
  public void close() {
    streams.forEach(WorkerStream::stop);
  }
}
