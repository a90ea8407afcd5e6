package io.streaminfa.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What the figures were taken on. */
final class Machine {
  private static final double QUIET_LOAD = 1;

  private Machine() {}

  /**
   * Prints the facts.
   *
   * @return whether the machine is quiet enough for figures that mean something
   */
  static boolean describe(PrintWriter out) throws IOException {
    double load = load();
    out.printf(
        Locale.ROOT,
        "machine: %d cores, %s, %s; Linux %s; JDK %s; load %.2f%n",
        Runtime.getRuntime().availableProcessors(),
        first("/proc/cpuinfo", "model name"),
        first("/proc/meminfo", "MemTotal"),
        System.getProperty("os.version"),
        System.getProperty("java.vm.version"),
        load);
    boolean quiet = load <= QUIET_LOAD;
    if (!quiet) {
      out.printf(
          Locale.ROOT,
          "WARNING: the load is above %.0f: these figures do not count, only that they come.%n",
          QUIET_LOAD);
    }
    return quiet;
  }

  private static double load() throws IOException {
    return Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
  }

  private static String first(String file, String field) throws IOException {
    List<String> lines = Files.readAllLines(Path.of(file));
    return lines.stream()
        .filter(line -> line.startsWith(field))
        .map(line -> line.substring(line.indexOf(':') + 1).trim())
        .findFirst()
        .orElse(field + " unknown");
  }
}
