package io.streaminfa.app;

import io.streaminfa.control.ReadinessCheck;
import io.streaminfa.transcode.WorkerCommand;
import io.streaminfa.transcode.WorkerProbe;
import io.streaminfa.transcode.WorkerStartException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts one worker when the server starts, and remembers what it said. */
final class FfmpegProbe {
  private static final Logger log = LoggerFactory.getLogger(FfmpegProbe.class);

  private final WorkerCommand command;
  private volatile ReadinessCheck.CheckResult result =
      new ReadinessCheck.CheckResult(false, "the first worker is starting");

  FfmpegProbe(WorkerCommand command) {
    this.command = command;
  }

  /** Returns at once; the answer comes some tenths of a second later. */
  void start() {
    Thread.ofVirtual().name("ffmpeg-probe").start(this::probe);
  }

  private void probe() {
    try {
      result = new ReadinessCheck.CheckResult(true, "FFmpeg " + WorkerProbe.ffmpegVersion(command));
    } catch (IOException | WorkerStartException e) {
      log.error("no worker can be started: {}", e.getMessage());
      result = new ReadinessCheck.CheckResult(false, "no worker can be started");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  ReadinessCheck.CheckResult result() {
    return result;
  }
}
