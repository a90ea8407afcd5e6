package io.streaminfa.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Where things are.
 *
 * @param root the repository
 */
record Home(Path root) {
  /** The property that bench/run sets. */
  static final String PROPERTY = "streaminfa.home";

  static Home find() {
    String home = System.getProperty(PROPERTY);
    if (home == null) {
      throw new IllegalStateException(PROPERTY + " is not set: start through bench/run");
    }
    return new Home(Path.of(home).toAbsolutePath());
  }

  Path launcher() {
    return root.resolve("streaminfa");
  }

  /** A file of the built server. */
  Path built(String name) {
    return root.resolve("server/target").resolve(name);
  }

  /** A directory below bench/target, made when it is not there. */
  Path work(String name) throws IOException {
    return Files.createDirectories(root.resolve("bench/target").resolve(name));
  }

  /** The same, with nothing in it. */
  Path fresh(String name) throws IOException {
    Path directory = work(name);
    deleteRecursively(directory);
    return Files.createDirectories(directory);
  }

  private static void deleteRecursively(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
