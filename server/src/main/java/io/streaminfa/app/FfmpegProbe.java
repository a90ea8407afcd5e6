package io.streaminfa.app;

import io.streaminfa.control.ReadinessCheck;
import io.streaminfa.transcode.WorkerCommand;
import io.streaminfa.transcode.WorkerProbe;
import io.streaminfa.transcode.WorkerStartException;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts one worker when the server starts, until one comes up, and remembers what it said. */
final class FfmpegProbe {
  private static final Logger log = LoggerFactory.getLogger(FfmpegProbe.class);

  private static final Duration RETRY_INTERVAL = Duration.ofSeconds(10);

  private final WorkerCommand command;
  private final Thread thread = Thread.ofVirtual().name("ffmpeg-probe").unstarted(this::probe);
  private volatile ReadinessCheck.CheckResult result =
      new ReadinessCheck.CheckResult(false, "the first worker is starting");

  FfmpegProbe(WorkerCommand command) {
    this.command = command;
  }

  /** Returns at once; the answer comes some tenths of a second later. */
  void start() {
    thread.start();
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
      log.error("no worker can be started: {}", e.getMessage());
      result = new ReadinessCheck.CheckResult(false, "no worker can be started");
      return false;
    }
  }

  /** Ends the attempts; a worker that is being started is killed. */
  void close() {
    thread.interrupt();
  }

  ReadinessCheck.CheckResult result() {
    return result;
  }
}
