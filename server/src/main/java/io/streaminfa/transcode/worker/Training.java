package io.streaminfa.transcode.worker;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.transcode.LadderRung;
import io.streaminfa.transcode.TranscodeSettings;
import io.streaminfa.transcode.WorkerChannel;
import io.streaminfa.transcode.WorkerMessage;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Serves this same process as the server would, so that the AOT cache has seen all of it. */
final class Training {
  private static final Resolution SIZE = new Resolution(640, 360);
  private static final FrameRate RATE = new FrameRate(25, 1);
  private static final int SECONDS = 3;

  private Training() {}

  /** The exit code of the worker that was trained. */
  static int run(boolean x264) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("streaminfa-training");
    Path socket = directory.resolve("worker");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Thread.ofPlatform().name("trainer").daemon().start(() -> serve(server, x264));
      return WorkerMain.connect(socket);
    } finally {
      Files.deleteIfExists(socket);
      Files.deleteIfExists(directory);
    }
  }

  private static void serve(ServerSocketChannel server, boolean x264) {
    // Stays open: a worker whose server is gone ends at once, and without a cache.
    try {
      WorkerChannel channel = new WorkerChannel(server.accept());
      channel.send(new WorkerMessage.Configure(settings(x264), false, 2, 0));
      Thread.ofPlatform().name("trainer-reads").daemon().start(() -> readAll(channel));
      try (DemoGenerator source =
          DemoGenerator.open(new WorkerMessage.Demonstrate(SIZE, RATE), channel::send)) {
        source.run(SECONDS, false);
      }
      channel.send(new WorkerMessage.End());
    } catch (IOException | WorkerFailure e) {
      System.err.println("training: " + e);
      Runtime.getRuntime().halt(WorkerMain.EXIT_FAILED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void readAll(WorkerChannel channel) {
    try {
      while (channel.receive() != null) {
        // Only the reading is of use here.
      }
    } catch (IOException | MediaFormatException e) {
      System.err.println("training: " + e);
    }
  }

  private static TranscodeSettings settings(boolean x264) {
    return new TranscodeSettings(
        Duration.ofSeconds(2),
        4,
        "veryfast",
        x264 ? "libx264" : "libopenh264",
        List.of(rung("high", 640, 360), rung("low", 320, 180)));
  }

  private static LadderRung rung(String name, int width, int height) {
    return new LadderRung(
        name,
        new Resolution(width, height),
        Bitrate.ofKbps(500),
        Bitrate.ofKbps(96),
        "main",
        "3.0",
        "veryfast");
  }
}
