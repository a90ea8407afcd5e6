package io.streaminfa.transcode;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.observability.LogContext;
import io.streaminfa.units.Timescale;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream and its worker process. The publisher's thread writes to the worker's socket, one
 * thread reads from it, another watches both.
 */
final class WorkerStream implements MediaSink {
  private static final Logger log = LoggerFactory.getLogger(WorkerStream.class);

  /** From the spawn to FFmpeg loaded, on a machine that is busy with other streams. */
  static final Duration START_DEADLINE = Duration.ofSeconds(15);

  /** A worker gives a sign of life every 250 ms. */
  static final Duration HANG_LIMIT = Duration.ofMillis(1500);

  /** From the end of the input to the last encoded packet. */
  static final Duration DRAIN_DEADLINE = Duration.ofSeconds(45);

  /**
   * What a worker made is taken so often; the worker sends it in batches no more often than that.
   */
  private static final Duration READ_INTERVAL = Duration.ofMillis(40);

  static final Duration WATCH_INTERVAL = Duration.ofMillis(200);
  private static final Duration REAP_PATIENCE = Duration.ofMillis(300);

  /** Who hears of the stream, in words and in numbers. */
  record Listener(TranscodeOutput output, TranscodeMetrics metrics) {}

  private final String name;
  private final WorkerCommand command;
  private final WorkerMessage.Configure configure;
  private final TranscodeOutput output;
  private final TranscodeMetrics metrics;
  private final SendWindow window = new SendWindow();
  private final StreamGauges gauges;
  private final CompletableFuture<@Nullable WorkerChannel> connected = new CompletableFuture<>();
  private final Map<Integer, Timescale> videoClocks = new HashMap<>();

  private volatile @Nullable WorkerProcess process;
  private volatile boolean stopped;
  private volatile boolean done;
  private volatile boolean ready;
  private volatile @Nullable String hung;

  /** Whether it is the worker's turn; otherwise a message is being delivered, which may block. */
  private volatile boolean waiting;

  /** Messages that came. */
  private volatile long heard;

  /** When the input ended; 0 before. */
  private volatile long endedAtNanos;

  WorkerStream(
      String name, WorkerCommand command, WorkerMessage.Configure configure, Listener listener) {
    this.name = name;
    this.command = command;
    this.configure = configure;
    this.output = listener.output();
    this.metrics = listener.metrics();
    this.gauges = new StreamGauges(name, metrics);
  }

  /**
   * @param afterwards runs when the process is gone, before the output hears of it
   */
  void start(Runnable afterwards) {
    metrics.started();
    startThread("transcode-" + name, () -> run(afterwards));
  }

  @Override
  public void start(List<Track> tracks) throws InterruptedException {
    videoClocks.clear();
    for (Track track : tracks) {
      if (track.config().isVideo()) {
        videoClocks.put(track.id(), track.timescale());
      }
    }
    send(new WorkerMessage.Tracks(tracks));
  }

  @Override
  public void write(Sample sample) throws InterruptedException {
    long waitedNanos = window.acquire(sample.sizeBytes());
    if (waitedNanos < 0) {
      return;
    }
    if (waitedNanos > 0) {
      metrics.waited(waitedNanos);
    }
    Timescale videoClock = videoClocks.get(sample.trackId());
    if (videoClock != null) {
      gauges.arrived(videoClock.convert(sample.dtsTicks(), Timescale.VIDEO));
    }
    send(new WorkerMessage.Packet(sample));
  }

  @Override
  public void end(EndReason reason) throws InterruptedException {
    if (reason == EndReason.CLEAN) {
      send(new WorkerMessage.End());
      endedAtNanos = System.nanoTime();
    } else {
      stop();
    }
  }

  /** Kills the worker; the output hears that it has ended. Safe from any thread. */
  void stop() {
    stopped = true;
    window.close();
    WorkerProcess running = process;
    if (running != null) {
      running.kill();
    }
  }

  /** A worker that is gone takes nothing, and the output has heard of it. */
  private void send(WorkerMessage message) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    try {
      WorkerChannel channel = connected.get();
      if (channel != null && !done) {
        channel.send(message);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      log.debug("{}: worker does not take {}", name, message.getClass().getSimpleName());
    }
  }

  /**
   * A platform thread: for a read every few milliseconds it costs half of what a virtual one does.
   */
  @CanIgnoreReturnValue
  private Thread startThread(String threadName, Runnable body) {
    return Thread.ofPlatform()
        .daemon()
        .name(threadName)
        .start(
            () -> {
              try (var _ = LogContext.ofStream(name)) {
                body.run();
              }
            });
  }

  private void run(Runnable afterwards) {
    TranscodeFailure failure;
    try {
      failure = runWorker();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = null;
    } catch (RuntimeException e) {
      log.error("what the worker made could not be taken", e);
      failure = new TranscodeFailure("internal_error", "The output failed: " + e, false);
    } finally {
      done = true;
      window.close();
      connected.complete(null);
      metrics.finished(name, gauges.renditions());
      afterwards.run();
    }
    try {
      if (failure == null || stopped) {
        output.ended();
      } else {
        metrics.failed(failure.code());
        output.failed(failure);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable TranscodeFailure runWorker() throws InterruptedException {
    try (WorkerProcess worker = WorkerProcess.start(name, command)) {
      process = worker;
      if (stopped) {
        return null;
      }
      try (WorkerChannel channel = worker.connect(START_DEADLINE)) {
        channel.send(configure);
        waiting = true;
        Thread watch = startThread("watch-" + name, () -> watch(worker));
        connected.complete(channel);
        try {
          return receiveAll(channel, worker);
        } finally {
          done = true;
          watch.interrupt();
          watch.join();
        }
      }
    } catch (WorkerStartException | IOException e) {
      return new TranscodeFailure("worker_start_failed", String.valueOf(e.getMessage()), false);
    }
  }

  /** Null when the worker says that all is encoded. */
  private @Nullable TranscodeFailure receiveAll(WorkerChannel channel, WorkerProcess worker)
      throws InterruptedException {
    long messages = 0;
    try {
      while (true) {
        waiting = true;
        WorkerMessage message = channel.receive();
        waiting = false;
        heard = ++messages;
        switch (message) {
          case null -> {
            return gone(worker);
          }
          case WorkerMessage.Ready start -> ready(start, worker);
          case WorkerMessage.Planned plan -> {
            channel.paceReads(READ_INTERVAL);
            gauges.planned(plan.renditions());
            output.renditions(plan.source(), plan.renditions());
          }
          case WorkerMessage.Encoded encoded -> {
            gauges.encoded(encoded.sample());
            output.encoded(encoded.sample());
          }
          case WorkerMessage.Progress progress -> progress(progress);
          case WorkerMessage.Diagnostic line -> worker.said(line.text());
          case WorkerMessage.Failed failed -> {
            return failed.failure();
          }
          case WorkerMessage.Ended ended -> {
            return null;
          }
          case WorkerMessage.Configure wrong -> throw unexpected(wrong);
          case WorkerMessage.Tracks wrong -> throw unexpected(wrong);
          case WorkerMessage.Packet wrong -> throw unexpected(wrong);
          case WorkerMessage.End wrong -> throw unexpected(wrong);
          case WorkerMessage.Demonstrate wrong -> throw unexpected(wrong);
          case WorkerMessage.Probe wrong -> throw unexpected(wrong);
          case WorkerMessage.EncodeChunk wrong -> throw unexpected(wrong);
          case WorkerMessage.EncodeAudio wrong -> throw unexpected(wrong);
          case WorkerMessage.Probed wrong -> throw unexpected(wrong);
          case WorkerMessage.Opened wrong -> throw unexpected(wrong);
          case WorkerMessage.Covered wrong -> throw unexpected(wrong);
        }
      }
    } catch (IOException e) {
      return gone(worker);
    } catch (MediaFormatException e) {
      return new TranscodeFailure(e.defectCode(), String.valueOf(e.getMessage()), false);
    }
  }

  private static MediaFormatException unexpected(WorkerMessage message) {
    return WorkerFields.malformed("unexpected " + message.getClass().getSimpleName());
  }

  private void ready(WorkerMessage.Ready start, WorkerProcess worker) {
    ready = true;
    log.info("worker {} runs FFmpeg {}", worker.pid(), start.ffmpegVersion());
  }

  private void progress(WorkerMessage.Progress progress) {
    window.consumed(progress.consumedPackets(), progress.consumedBytes());
    gauges.progress(progress);
    if (progress.stalledMs() > HANG_LIMIT.toMillis()) {
      hang("has finished nothing for " + progress.stalledMs() + " ms");
    }
  }

  private TranscodeFailure gone(WorkerProcess worker) throws InterruptedException {
    String reason = hung;
    return reason != null
        ? new TranscodeFailure("worker_hung", "the worker " + reason, false)
        : new TranscodeFailure(
            "worker_crashed", "the worker died: " + worker.obituary(REAP_PATIENCE), false);
  }

  /**
   * Silence is counted in looks, not by the clock: on a machine that is swamped these come late as
   * well, and a worker that is only slow is not hung.
   */
  private void watch(WorkerProcess worker) {
    try {
      long heardBefore = 0;
      Duration silence = Duration.ZERO;
      while (!done) {
        Thread.sleep(WATCH_INTERVAL);
        long now = System.nanoTime();
        silence = waiting && heard == heardBefore ? silence.plus(WATCH_INTERVAL) : Duration.ZERO;
        heardBefore = heard;
        if (silence.compareTo(ready ? HANG_LIMIT : START_DEADLINE) > 0) {
          hang("has been silent for " + silence.toMillis() + " ms");
        }
        if (endedAtNanos != 0 && now - endedAtNanos > DRAIN_DEADLINE.toNanos()) {
          hang("did not finish within " + DRAIN_DEADLINE.toMillis() + " ms");
        }
        gauges.sample(now, window);
      }
    } catch (InterruptedException e) {
      // The stream is done.
      worker.kill();
    }
  }

  private void hang(String reason) {
    hung = reason;
    WorkerProcess running = process;
    if (running != null) {
      running.kill();
    }
  }
}
