package io.streaminfa.transcode;

import io.streaminfa.media.MediaFormatException;
import java.io.IOException;
import java.time.Duration;

/** Finds out whether workers can run here at all. */
public final class WorkerProbe {
  private static final Duration START_DEADLINE = Duration.ofSeconds(15);

  private WorkerProbe() {}

  /**
   * Starts a worker, asks for its version and ends it.
   *
   * @throws WorkerStartException when it does not come up, with its last words
   */
  public static String ffmpegVersion(WorkerCommand command)
      throws IOException, WorkerStartException, InterruptedException {
    try (WorkerProcess worker = WorkerProcess.start("probe", command);
        WorkerChannel channel = worker.connect(START_DEADLINE)) {
      if (channel.receive() instanceof WorkerMessage.Ready(String version)) {
        return version;
      }
      throw new WorkerStartException("it did not say that it is ready");
    } catch (MediaFormatException e) {
      throw new WorkerStartException("it does not speak the protocol: " + e.getMessage());
    }
  }
}
