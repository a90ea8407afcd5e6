package io.streaminfa.transcode.worker;

import io.streaminfa.transcode.WorkerMessage;
import java.io.IOException;
import java.time.Duration;

/** Tells the server four times a second that this worker lives, and what FFmpeg has to say. */
final class Heartbeat {
  static final Duration INTERVAL = Duration.ofMillis(250);

  private final Outlet outlet;
  private final Vitals.Pulse pulse;
  private final FfmpegLog log;

  Heartbeat(Outlet outlet, Vitals.Pulse pulse, FfmpegLog log) {
    this.outlet = outlet;
    this.pulse = pulse;
    this.log = log;
  }

  void start() {
    Thread.ofPlatform().name("heartbeat").daemon().start(this::run);
  }

  private void run() {
    try {
      while (true) {
        outlet.send(pulse.progress());
        String line = log.poll();
        if (line != null) {
          outlet.send(new WorkerMessage.Diagnostic(line));
        }
        Thread.sleep(INTERVAL);
      }
    } catch (IOException e) {
      // The server is gone; the thread that reads from it ends the process.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
