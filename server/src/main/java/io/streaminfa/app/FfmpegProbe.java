package io.streaminfa.app;

import io.streaminfa.control.ReadinessCheck;
import io.streaminfa.transcode.WorkerCommand;
import io.streaminfa.transcode.WorkerProbe;
import io.streaminfa.transcode.WorkerStartException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts one worker when the server starts, until one comes up, and remembers what it said. */
final class FfmpegProbe implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FfmpegProbe.class);

  private static final Duration RETRY_INTERVAL = Duration.ofSeconds(10);

  /** A killed worker is gone, and its files with it, in much less. */
  private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(2);

  private final WorkerCommand command;
  private final CountDownLatch logIsSetUp = new CountDownLatch(1);
  private final Thread thread = Thread.ofVirtual().name("ffmpeg-probe").unstarted(this::probe);
  private volatile ReadinessCheck.CheckResult result =
      new ReadinessCheck.CheckResult(false, "the first worker is starting");

  private FfmpegProbe(WorkerCommand command) {
    this.command = command;
  }

  /** Returns at once; the answer comes some tenths of a second later. */
  static FfmpegProbe start(WorkerCommand command) {
    FfmpegProbe probe = new FfmpegProbe(command);
    probe.thread.start();
    return probe;
  }

  /** Until then it keeps its troubles to itself: it starts before the settings are read. */
  void logIsSetUp() {
    logIsSetUp.countDown();
  }

  private void probe() {
    try {
      while (!succeeds()) {
        Thread.sleep(RETRY_INTERVAL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean succeeds() throws InterruptedException {
    try {
      result = new ReadinessCheck.CheckResult(true, "FFmpeg " + WorkerProbe.ffmpegVersion(command));
      return true;
    } catch (IOException | WorkerStartException e) {
      result = new ReadinessCheck.CheckResult(false, "no worker can be started");
      logIsSetUp.await();
      log.error("no worker can be started: {}", e.getMessage());
      return false;
    }
  }

  /** Ends the attempts; a worker that is being started is killed. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(CLOSE_DEADLINE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  ReadinessCheck.CheckResult result() {
    return result;
  }
}
