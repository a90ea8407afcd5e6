package io.streaminfa.bench;

import io.streaminfa.units.Resolution;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a second core brings to {@code streaminfa transcode}: one chunk at a time on one core, two
 * at a time on two, of the same film.
 */
final class CoresScenario {
  /**
   * @param pairs alternating runs
   */
  record Options(int pairs, Resolution size, int filmSeconds) {}

  /** Of two cores over one. */
  private static final double MIN_SPEEDUP = 1.8;

  private static final int FRAMES_PER_SECOND = 30;
  private static final int SOURCE_KBPS = 8000;
  private static final List<String> ONE_CORE = List.of("taskset", "-c", "0");
  private static final List<String> TWO_CORES = List.of("taskset", "-c", "0,1");

  private final Home home;
  private final PrintWriter out;

  CoresScenario(Home home, PrintWriter out) {
    this.home = home;
    this.out = out;
  }

  void run(Options options) throws IOException, InterruptedException {
    Film film = new Film(options.size(), FRAMES_PER_SECOND, options.filmSeconds(), SOURCE_KBPS);
    Path source = film.make(home, Executable.load());
    ProductTranscode product = new ProductTranscode(home);
    out.printf("cores: %d s of %s, pinned%n", options.filmSeconds(), options.size());
    List<Double> one = new ArrayList<>();
    List<Double> two = new ArrayList<>();
    for (int i = 0; i < options.pairs(); i++) {
      one.add(product.run(source, home.fresh("cores/one"), ONE_CORE).wallSeconds());
      two.add(product.run(source, home.fresh("cores/two"), TWO_CORES).wallSeconds());
      out.printf(
          Locale.ROOT,
          "  pair %d: one core %.1f s, two cores %.1f s%n",
          i + 1,
          one.getLast(),
          two.getLast());
    }
    Series speedup = new Series(one).over(new Series(two));
    out.printf(
        "  speedup %s: %s%n",
        speedup.text(2, ""), speedup.median() >= MIN_SPEEDUP ? "met" : "MISSED");
  }
}
