package io.streaminfa.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a server costs that has nothing to do, and how soon it could have. */
final class IdleScenario {
  /**
   * @param starts through the launcher, and as many of the bare JVM, in turn
   * @param restSeconds until its memory is looked at
   */
  record Options(int starts, int restSeconds) {}

  private static final String MAIN_CLASS = "io.streaminfa.app.Main";

  private final Home home;
  private final PrintWriter out;

  IdleScenario(Home home, PrintWriter out) {
    this.home = home;
    this.out = out;
  }

  void run(Options options) throws IOException {
    out.printf("idle: default settings, file storage, %d starts of each%n", options.starts());
    List<String> java = measureRest(options.restSeconds());
    List<Double> launcherMs = new ArrayList<>();
    List<Double> javaMs = new ArrayList<>();
    for (int i = 0; i < options.starts(); i++) {
      launcherMs.add(startMs(List.of(home.launcher().toString())));
      javaMs.add(startMs(java));
    }
    out.printf("  start to /readyz 200, launcher  %s%n", new Series(launcherMs).text(0, "ms"));
    out.printf("  start to /readyz 200, bare java %s%n", new Series(javaMs).text(0, "ms"));
  }

  /** Returns the words that the launcher started the JVM with, up to the main class. */
  private List<String> measureRest(int restSeconds) throws IOException {
    try (Product product = Product.start(home, "idle", "")) {
      double cpuBefore = ProcFile.cpuSeconds(product.pid());
      Pause.ofMillis(restSeconds * 1000L);
      double cpuSeconds = ProcFile.cpuSeconds(product.pid()) - cpuBefore;
      out.printf(
          Locale.ROOT,
          "  resident after %d s: %.0f MiB, peak %.0f MiB; CPU in these: %.2f s (%.2f s before)%n",
          restSeconds,
          ProcFile.residentMib(product.pid()),
          ProcFile.peakMib(product.pid()).orElseThrow(),
          cpuSeconds,
          cpuBefore);
      List<String> words = ProcFile.commandLine(product.pid());
      return words.subList(0, words.indexOf(MAIN_CLASS) + 1);
    }
  }

  private double startMs(List<String> program) throws IOException {
    try (Product product = Product.start(home, "idle", "", program)) {
      return product.readyMs();
    }
  }
}
