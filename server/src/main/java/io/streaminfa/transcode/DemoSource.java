package io.streaminfa.transcode;

import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.MediaSink;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import io.streaminfa.units.Timescale;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A publisher for demonstrations, in a worker process of its own: a moving test picture with a
 * running clock, and each second a white flash in step with a 1 kHz beep. Encoded as H.264 (on
 * {@link Timescale#VIDEO}) and stereo AAC (on 48 kHz), in real time, for a day at most.
 */
public final class DemoSource implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DemoSource.class);
  private static final Duration START_DEADLINE = Duration.ofSeconds(15);
  private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(3);

  private final WorkerProcess process;
  private final WorkerChannel channel;
  private final MediaSink sink;
  private final Thread reader;
  private volatile boolean closing;

  private DemoSource(WorkerProcess process, WorkerChannel channel, MediaSink sink) {
    this.process = process;
    this.channel = channel;
    this.sink = sink;
    this.reader = Thread.ofVirtual().name("demo").unstarted(this::run);
  }

  /**
   * Starts the worker and feeds the sink from a thread of its own, until closed; then the sink
   * hears a clean end, or a lost connection when the worker died by itself.
   *
   * @throws IOException when the worker does not start
   */
  public static DemoSource open(
      WorkerCommand command, Resolution size, FrameRate frameRate, MediaSink sink)
      throws IOException {
    WorkerProcess process = WorkerProcess.start("demo", command);
    try {
      WorkerChannel channel = process.connect(START_DEADLINE);
      channel.send(new WorkerMessage.Demonstrate(size, frameRate));
      DemoSource source = new DemoSource(process, channel, sink);
      source.reader.start();
      return source;
    } catch (WorkerStartException e) {
      process.close();
      throw new IOException("the demonstration's worker did not start: " + e.getMessage(), e);
    } catch (IOException e) {
      process.close();
      throw e;
    }
  }

  private void run() {
    EndReason reason = EndReason.CONNECTION_LOST;
    try {
      try (channel;
          process) {
        deliverAll();
      } catch (MediaFormatException e) {
        reason = EndReason.REFUSED;
        log.warn("the demonstration was refused: {}", e.getMessage());
      } catch (IOException e) {
        log.debug("the demonstration's worker is gone: {}", e.toString());
      }
      sink.end(closing ? EndReason.CLEAN : reason);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliverAll() throws IOException, MediaFormatException, InterruptedException {
    WorkerMessage message = channel.receive();
    while (message != null && !closing) {
      if (message instanceof WorkerMessage.Tracks tracks) {
        sink.start(tracks.tracks());
      } else if (message instanceof WorkerMessage.Packet packet) {
        sink.write(packet.sample());
      } else if (message instanceof WorkerMessage.Diagnostic line) {
        process.said(line.text());
      } else if (message instanceof WorkerMessage.Failed failed) {
        throw new IOException(failed.failure().message());
      }
      message = channel.receive();
    }
  }

  /**
   * Stops the worker and returns when the sink has been told the end, or takes too long to hear it.
   */
  @Override
  public void close() {
    closing = true;
    process.kill();
    try {
      reader.join(CLOSE_DEADLINE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
