package io.streaminfa.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.ffmpeg.ffmpeg;
import org.bytedeco.javacpp.Loader;

/** The ffmpeg program out of the FFmpeg jar. */
final class Executable {
  private static final long RUN_DEADLINE_MINUTES = 15;

  private final String path;

  private Executable(String path) {
    this.path = path;
  }

  static Executable load() {
    return new Executable(Loader.load(ffmpeg.class));
  }

  /**
   * Starts it; what it says is appended to a file.
   *
   * @param arguments words between spaces
   */
  Process start(Path log, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(path);
    command.addAll(List.of("-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning", "-y"));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /** Runs it to its end; any status but 0 is an error with ffmpeg's own words. */
  void run(List<String> arguments) throws IOException, InterruptedException {
    Path log = Files.createTempFile("ffmpeg-", ".log");
    try {
      Process process = start(log, arguments);
      if (!process.waitFor(RUN_DEADLINE_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException("ffmpeg still ran after " + RUN_DEADLINE_MINUTES + " minutes");
      }
      if (process.exitValue() != 0) {
        String words = Files.readString(log, StandardCharsets.UTF_8);
        throw new IOException("ffmpeg " + arguments + ": " + words);
      }
    } finally {
      Files.delete(log);
    }
  }

  /** A command line as one would type it. */
  static List<String> words(String line) {
    return List.of(line.trim().split("\\s+"));
  }
}
