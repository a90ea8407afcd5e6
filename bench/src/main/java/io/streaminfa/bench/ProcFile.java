package io.streaminfa.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What Linux counts for a process: proc(5). */
final class ProcFile {
  /** USER_HZ, which is 100 on every architecture that the product runs on. */
  private static final double TICKS_PER_SECOND = 100;

  /** Places of the fields of /proc/PID/stat after the name, which may itself hold spaces. */
  private static final int UTIME = 11;

  private static final int CUTIME = 13;

  private ProcFile() {}

  /** User and system time of a process that runs, its children not counted. */
  static double cpuSeconds(long pid) throws IOException {
    return sumFrom(Path.of("/proc/" + pid + "/stat"), UTIME);
  }

  /**
   * User and system time of all children of this process that have ended and were waited for. The
   * kernel adds a child's whole time at once, so a difference of this is exact.
   */
  static double endedChildrenCpuSeconds() throws IOException {
    return sumFrom(Path.of("/proc/self/stat"), CUTIME);
  }

  private static double sumFrom(Path stat, int place) throws IOException {
    String text = Files.readString(stat);
    List<String> fields = List.of(text.substring(text.lastIndexOf(')') + 2).split(" ", -1));
    long ticks = Long.parseLong(fields.get(place)) + Long.parseLong(fields.get(place + 1));
    return ticks / TICKS_PER_SECOND;
  }

  /** Resident memory now, in MiB. */
  static double residentMib(long pid) throws IOException {
    return statusMib(pid, "VmRSS:").orElseThrow(() -> new IOException(pid + " has ended"));
  }

  /** The most that was ever resident, in MiB; empty once the process has ended. */
  static Optional<Double> peakMib(long pid) {
    try {
      return statusMib(pid, "VmHWM:");
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  private static Optional<Double> statusMib(long pid, String field) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith(field))
        .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0)
        .findFirst();
  }

  /** The words that a process was started with. */
  static List<String> commandLine(long pid) throws IOException {
    String text = Files.readString(Path.of("/proc/" + pid + "/cmdline"));
    return List.of(text.split("\0"));
  }
}
