package io.streaminfa.e2e.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a process holds, from /proc. */
public record Footprint(long residentKib, int threads, int descriptors, int sockets) {

  /** Reads the figures of a running process. */
  public static Footprint of(long pid) throws IOException {
    Path proc = Path.of("/proc/" + pid);
    long residentKib = -1;
    int threads = -1;
    for (String line : Files.readAllLines(proc.resolve("status"))) {
      if (line.startsWith("VmRSS:")) {
        residentKib = Long.parseLong(line.replaceAll("[^0-9]", ""));
      } else if (line.startsWith("Threads:")) {
        threads = Integer.parseInt(line.replaceAll("[^0-9]", ""));
      }
    }
    int descriptors = 0;
    int sockets = 0;
    try (Stream<Path> all = Files.list(proc.resolve("fd"))) {
      for (Path descriptor : all.toList()) {
        descriptors++;
        sockets += isSocket(descriptor) ? 1 : 0;
      }
    }
    return new Footprint(residentKib, threads, descriptors, sockets);
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }
}
