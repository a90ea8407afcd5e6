package io.streaminfa.app;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** How far something is, on one line of a terminal, or a line for each tenth elsewhere. */
final class ProgressLine {
  private static final int BAR_CHARACTERS = 30;
  private static final int TENTHS = 10;

  /** Before this an estimate would only jump. */
  private static final double FIRST_ESTIMATE = 0.02;

  private final PrintWriter out;
  private final boolean isTerminal;
  private final String what;
  private final long startNanos = System.nanoTime();
  private int lastTenth;

  ProgressLine(PrintWriter out, boolean isTerminal, String what) {
    this.out = out;
    this.isTerminal = isTerminal;
    this.what = what;
  }

  /**
   * @param fraction 0 to 1
   */
  void show(double fraction) {
    int tenth = (int) (fraction * TENTHS);
    if (isTerminal) {
      out.print("\r" + text(fraction));
      out.flush();
    } else if (tenth > lastTenth) {
      lastTenth = tenth;
      out.println(text(fraction));
    }
  }

  /** Goes to the next line of a terminal. */
  void end() {
    if (isTerminal) {
      out.println();
    }
  }

  private String text(double fraction) {
    int full = (int) Math.round(fraction * BAR_CHARACTERS);
    return String.format(
        Locale.ROOT,
        "%s [%s%s] %3.0f %%  %s",
        what,
        "#".repeat(full),
        ".".repeat(BAR_CHARACTERS - full),
        fraction * 100,
        left(fraction));
  }

  private String left(double fraction) {
    Duration spent = Duration.ofNanos(System.nanoTime() - startNanos);
    if (fraction >= 1) {
      return "done in " + clock(spent);
    }
    return fraction < FIRST_ESTIMATE
        ? "          "
        : clock(Duration.ofMillis((long) (spent.toMillis() * (1 - fraction) / fraction))) + " left";
  }

  private static String clock(Duration time) {
    return String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
  }
}
