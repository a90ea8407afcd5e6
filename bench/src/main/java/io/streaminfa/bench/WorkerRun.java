package io.streaminfa.bench;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import io.streaminfa.observability.ChannelMetrics;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.SourceInfo;
import io.streaminfa.transcode.TranscodeFailure;
import io.streaminfa.transcode.TranscodeMetrics;
import io.streaminfa.transcode.TranscodeOutput;
import io.streaminfa.transcode.WorkerCommand;
import io.streaminfa.transcode.WorkerTranscoder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** The product's transcoder with its worker process, fed from memory. */
final class WorkerRun {
  private static final long DEADLINE_MINUTES = 15;
  private static final Duration START_DEADLINE = Duration.ofSeconds(20);
  private static final Duration REAP_DEADLINE = Duration.ofSeconds(10);

  /** Counts what comes out. */
  private static final class Counter implements TranscodeOutput {
    private final AtomicLong pictures = new AtomicLong();
    private final CompletableFuture<Optional<TranscodeFailure>> end = new CompletableFuture<>();
    private Set<Integer> videoTracks = Set.of();

    @Override
    public void renditions(SourceInfo source, List<Rendition> renditions) {
      Set<Integer> ids = new HashSet<>();
      for (Rendition rendition : renditions) {
        if (rendition instanceof Rendition.Video video) {
          ids.add(video.track().id());
        }
      }
      videoTracks = ids;
    }

    @Override
    public void encoded(Sample sample) {
      if (videoTracks.contains(sample.trackId())) {
        pictures.incrementAndGet();
      }
    }

    @Override
    public void ended() {
      end.complete(Optional.empty());
    }

    @Override
    public void failed(TranscodeFailure failure) {
      end.complete(Optional.of(failure));
    }
  }

  private final WorkerCommand command;

  WorkerRun(Home home) {
    // As the server starts it: the class path is the one that the cache was made with.
    this.command =
        new WorkerCommand(
            Path.of(System.getProperty("java.home"), "bin", "java"),
            home.built("streaminfa.jar").toString(),
            home.built("native"),
            home.built("worker.aot"));
  }

  /**
   * @param paced whether samples come at their times, as from a live source; else as fast as taken
   */
  TranscodeRun run(SourceMedia media, boolean paced)
      throws IOException, InterruptedException, MediaFormatException {
    PrometheusRegistry registry = new PrometheusRegistry();
    Counter counter = new Counter();
    double cpuBefore = ProcFile.endedChildrenCpuSeconds();
    long startNanos = System.nanoTime();
    try (WorkerTranscoder transcoder =
        new WorkerTranscoder(
            Ladder.SETTINGS,
            false,
            command,
            new TranscodeMetrics(registry, new ChannelMetrics(registry)))) {
      MediaSink sink = transcoder.open("bench", 0, counter);
      ProcessHandle worker = awaitWorker();
      try (PeakWatch peak = new PeakWatch(worker.pid())) {
        feed(sink, media, paced);
        awaitEnd(counter);
        double wallSeconds = (System.nanoTime() - startNanos) / 1e9;
        awaitExit(worker);
        return new TranscodeRun(
            wallSeconds,
            ProcFile.endedChildrenCpuSeconds() - cpuBefore,
            peak.peakMib(),
            counter.pictures.get());
      }
    }
  }

  private static ProcessHandle awaitWorker() throws IOException {
    long endNanos = System.nanoTime() + START_DEADLINE.toNanos();
    while (System.nanoTime() < endNanos) {
      Optional<ProcessHandle> child = ProcessHandle.current().children().findFirst();
      if (child.isPresent()) {
        return child.get();
      }
      Pause.ofMillis(1);
    }
    throw new IOException("no worker after " + START_DEADLINE);
  }

  private static void feed(MediaSink sink, SourceMedia media, boolean paced)
      throws InterruptedException, MediaFormatException {
    long startNanos = System.nanoTime();
    sink.start(media.tracks());
    for (Sample sample : media.samples()) {
      if (paced) {
        long dueNanos = startNanos + TimeUnit.MILLISECONDS.toNanos(sample.dtsTicks());
        Pause.ofMillis(TimeUnit.NANOSECONDS.toMillis(dueNanos - System.nanoTime()));
      }
      sink.write(sample);
    }
    sink.end(EndReason.CLEAN);
  }

  private static void awaitEnd(Counter counter) throws IOException, InterruptedException {
    try {
      Optional<TranscodeFailure> failure = counter.end.get(DEADLINE_MINUTES, TimeUnit.MINUTES);
      if (failure.isPresent()) {
        throw new IOException("the worker failed: " + failure.get());
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the worker did not end", e);
    }
  }

  /** Its time is counted when it was waited for, which the JDK does before it completes this. */
  private static void awaitExit(ProcessHandle worker) throws IOException, InterruptedException {
    try {
      worker.onExit().get(REAP_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the worker stays", e);
    }
  }
}
