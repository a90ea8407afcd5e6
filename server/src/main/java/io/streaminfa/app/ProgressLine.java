package io.streaminfa.app;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** How far something is, on one line of a terminal, or a line for each tenth elsewhere. */
final class ProgressLine {
  private static final int BAR_CHARACTERS = 30;
  private static final int TENTHS = 10;
  private static final int PERCENT = 100;

  /** Before this an estimate would only jump. */
  private static final double FIRST_ESTIMATE = 0.02;

  private final PrintWriter out;
  private final boolean isTerminal;
  private final String what;
  private final LongSupplier nanos;
  private final long startNanos;
  private int lastTenth;
  private int shownCharacters;

  ProgressLine(PrintWriter out, boolean isTerminal, String what) {
    this(out, isTerminal, what, System::nanoTime);
  }

  ProgressLine(PrintWriter out, boolean isTerminal, String what, LongSupplier nanos) {
    this.out = out;
    this.isTerminal = isTerminal;
    this.what = what;
    this.nanos = nanos;
    startNanos = nanos.getAsLong();
  }

  /**
   * @param fraction 0 to 1
   */
  void show(double fraction) {
    int tenth = (int) (fraction * TENTHS);
    if (isTerminal) {
      String text = text(fraction);
      // A shorter text leaves nothing of the one before.
      out.print("\r" + text + " ".repeat(Math.max(0, shownCharacters - text.length())));
      out.flush();
      shownCharacters = text.length();
    } else if (tenth > lastTenth) {
      lastTenth = tenth;
      out.println(text(fraction));
    }
  }

  /** Goes to the next line of a terminal. */
  void end() {
    if (shownCharacters > 0) {
      out.println();
    }
  }

  private String text(double fraction) {
    int full = (int) Math.round(fraction * BAR_CHARACTERS);
    return String.format(
        Locale.ROOT,
        "%s [%s%s] %3d %%  %s",
        what,
        "#".repeat(full),
        ".".repeat(BAR_CHARACTERS - full),
        (int) (fraction * PERCENT),
        left(fraction));
  }

  private String left(double fraction) {
    Duration spent = Duration.ofNanos(nanos.getAsLong() - startNanos);
    if (fraction >= 1) {
      return "done in " + clock(spent);
    }
    return fraction < FIRST_ESTIMATE
        ? ""
        : clock(Duration.ofMillis((long) (spent.toMillis() * (1 - fraction) / fraction))) + " left";
  }

  private static String clock(Duration time) {
    return String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
  }
}
