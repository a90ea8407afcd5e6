package io.streaminfa.e2e.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * One run of {@code streaminfa transcode}.
 *
 * @param lines what it wrote to both outputs
 */
public record FileTranscode(int exitCode, List<String> lines, Path directory) {
  private static final Duration DEADLINE = Duration.ofMinutes(10);

  /** Runs the launcher as a user does, into a directory that is not there yet. */
  public static FileTranscode run(String name, Path file) throws IOException, InterruptedException {
    Path home = Files.createDirectories(Path.of("target", "transcodes").toAbsolutePath());
    Path directory = home.resolve(name);
    deleteRecursively(directory);
    ProcessBuilder builder =
        new ProcessBuilder(
                StreamInfaServer.launcher().toString(),
                "transcode",
                file.toAbsolutePath().toString(),
                "--out",
                directory.toString())
            .directory(home.toFile());
    // What the shell has set for a server is not meant for this one.
    builder.environment().keySet().removeIf(key -> key.startsWith("STREAMINFA_"));
    try (ChildProcess process = ChildProcess.withTextOutput("streaminfa", builder, null)) {
      int exitCode = process.awaitExit(DEADLINE);
      return new FileTranscode(exitCode, process.lines(), directory);
    }
  }

  private static void deleteRecursively(Path root) throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> all = Files.walk(root)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
