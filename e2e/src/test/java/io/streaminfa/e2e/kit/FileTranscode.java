package io.streaminfa.e2e.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * One run of {@code streaminfa transcode}.
 *
 * @param lines what it wrote to both outputs
 */
public record FileTranscode(int exitCode, List<String> lines, Path directory) {
  private static final Duration DEADLINE = Duration.ofMinutes(10);

  /** Runs the launcher as a user does, into a directory that is not there yet. */
  public static FileTranscode run(String name, Path file, String... more)
      throws IOException, InterruptedException {
    Path directory = fresh(name);
    try (ChildProcess process = start(directory, file, more)) {
      int exitCode = process.awaitExit(DEADLINE);
      return new FileTranscode(exitCode, process.lines(), directory);
    }
  }

  /** The same, ended by the user's Ctrl-C as soon as there are files in the directory. */
  public static FileTranscode interrupted(String name, Path file)
      throws IOException, InterruptedException {
    Path directory = fresh(name);
    try (ChildProcess process = start(directory, file)) {
      Awaitility.await("the first segments")
          .atMost(DEADLINE)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> !process.isAlive() || hasSegments(directory));
      ChildProcess.signal("INT", process.handle());
      int exitCode = process.awaitExit(DEADLINE);
      return new FileTranscode(exitCode, process.lines(), directory);
    }
  }

  private static boolean hasSegments(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.anyMatch(file -> file.toString().endsWith(".m4s"));
    } catch (IOException | UncheckedIOException notYet) {
      return false;
    }
  }

  private static Path home() throws IOException {
    return Files.createDirectories(Path.of("target", "transcodes").toAbsolutePath());
  }

  private static Path fresh(String name) throws IOException {
    Path directory = home().resolve(name);
    deleteRecursively(directory);
    return directory;
  }

  private static ChildProcess start(Path directory, Path file, String... more) throws IOException {
    // A shell's background jobs, as builds sometimes are, ignore SIGINT.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(StreamInfaServer.launcher().toString());
    command.addAll(List.of("transcode", file.toAbsolutePath().toString()));
    command.addAll(List.of("--out", directory.toString()));
    command.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(command).directory(home().toFile());
    // What the shell has set for a server is not meant for this one.
    builder.environment().keySet().removeIf(key -> key.startsWith("STREAMINFA_"));
    return ChildProcess.withTextOutput("streaminfa", builder, null);
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
