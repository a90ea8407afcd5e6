package io.streaminfa.transcode;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.observability.LogContext;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request to a worker process of its own, on the caller's thread; a second one only watches
 * that the worker lives.
 */
final class WorkerCall {
  private static final Logger log = LoggerFactory.getLogger(WorkerCall.class);

  /** From the spawn to FFmpeg loaded, on a machine that is busy with other streams. */
  static final Duration START_DEADLINE = Duration.ofSeconds(30);

  /** A worker gives a sign of life every 250 ms. */
  static final Duration SILENCE_LIMIT = Duration.ofSeconds(5);

  /** Without a packet read, a picture decoded or a frame encoded; a slow disk is not a hang. */
  static final Duration STALL_LIMIT = Duration.ofSeconds(30);

  private static final Duration WATCH_INTERVAL = Duration.ofMillis(200);
  private static final Duration REAP_PATIENCE = Duration.ofMillis(300);

  /** Receives what is peculiar to the request. */
  @FunctionalInterface
  interface Answer {
    /**
     * @throws MediaFormatException when this is no answer to the request
     */
    void take(WorkerMessage message) throws MediaFormatException, InterruptedException;
  }

  private final String name;
  private final WorkerCommand command;
  private final TranscodeMetrics metrics;

  private volatile @Nullable String hung;
  private volatile boolean ready;

  /** Whether it is the worker's turn; otherwise a message is being delivered, which may block. */
  private volatile boolean waiting = true;

  /** Messages that came, counted by the caller's thread. */
  private long messages;

  /** The same for the watching thread. */
  private volatile long heard;

  /**
   * @param name for the log and the metrics
   */
  WorkerCall(String name, WorkerCommand command, TranscodeMetrics metrics) {
    this.name = name;
    this.command = command;
    this.metrics = metrics;
  }

  /** Returns when the worker says that all is done; it is gone then in any case. */
  void run(WorkerMessage request, Answer answer) throws TranscodeException, InterruptedException {
    metrics.started();
    try {
      runWorker(request, answer);
    } catch (TranscodeException e) {
      metrics.failed(e.code());
      throw e;
    } finally {
      metrics.finished(name, List.of());
    }
  }

  private void runWorker(WorkerMessage request, Answer answer)
      throws TranscodeException, InterruptedException {
    try (WorkerProcess worker = WorkerProcess.start(name, command);
        WorkerChannel channel = worker.connect(START_DEADLINE)) {
      Thread watch = startWatch(worker);
      try {
        converse(channel, worker, request, answer);
      } finally {
        worker.kill();
        watch.interrupt();
      }
    } catch (WorkerStartException | IOException e) {
      throwIfInterrupted();
      throw failed("worker_start_failed", String.valueOf(e.getMessage()));
    }
  }

  /** A channel that an interrupt closed says so only through the thread. */
  private static void throwIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private static TranscodeException failed(String code, String message) {
    return new TranscodeException(new TranscodeFailure(code, message, false));
  }

  private void converse(
      WorkerChannel channel, WorkerProcess worker, WorkerMessage request, Answer answer)
      throws TranscodeException, InterruptedException {
    try {
      channel.send(request);
      while (deliver(receive(channel), worker, answer)) {
        throwIfInterrupted();
      }
    } catch (IOException e) {
      throwIfInterrupted();
      throw gone(worker);
    } catch (MediaFormatException e) {
      throw failed(e.defectCode(), String.valueOf(e.getMessage()));
    }
  }

  private @Nullable WorkerMessage receive(WorkerChannel channel)
      throws IOException, MediaFormatException {
    waiting = true;
    WorkerMessage message = channel.receive();
    waiting = false;
    heard = ++messages;
    return message;
  }

  /** False when it was the last. */
  private boolean deliver(@Nullable WorkerMessage message, WorkerProcess worker, Answer answer)
      throws TranscodeException, MediaFormatException, InterruptedException {
    switch (message) {
      case null -> throw gone(worker);
      case WorkerMessage.Ready start -> {
        ready = true;
        log.debug("worker {} runs FFmpeg {}", worker.pid(), start.ffmpegVersion());
      }
      case WorkerMessage.Progress progress -> {
        metrics.resident(name, progress.residentBytes());
        if (progress.stalledMs() > STALL_LIMIT.toMillis()) {
          hung = "has finished nothing for " + progress.stalledMs() + " ms";
          throw gone(worker);
        }
        answer.take(progress);
      }
      case WorkerMessage.Diagnostic line -> worker.said(line.text());
      case WorkerMessage.Failed failed -> throw new TranscodeException(failed.failure());
      case WorkerMessage.Ended ended -> {
        return false;
      }
      case WorkerMessage other -> answer.take(other);
    }
    return true;
  }

  private TranscodeException gone(WorkerProcess worker) throws InterruptedException {
    String reason = hung;
    return reason != null
        ? failed("worker_hung", "the worker " + reason)
        : failed("worker_crashed", "the worker died: " + worker.obituary(REAP_PATIENCE));
  }

  private Thread startWatch(WorkerProcess worker) {
    return Thread.ofVirtual()
        .name("watch-" + name)
        .start(
            () -> {
              try (var _ = LogContext.ofStream(name)) {
                watch(worker);
              }
            });
  }

  /** Silence is counted in looks, not by the clock: on a swamped machine these come late, too. */
  private void watch(WorkerProcess worker) {
    try {
      long heardBefore = 0;
      Duration silence = Duration.ZERO;
      while (hung == null) {
        Thread.sleep(WATCH_INTERVAL);
        silence = waiting && heard == heardBefore ? silence.plus(WATCH_INTERVAL) : Duration.ZERO;
        heardBefore = heard;
        if (silence.compareTo(ready ? SILENCE_LIMIT : START_DEADLINE) > 0) {
          hung = "has been silent for " + silence.toMillis() + " ms";
        }
      }
      worker.kill();
    } catch (InterruptedException e) {
      // The request is done, and the worker has been killed.
      return;
    }
  }
}
