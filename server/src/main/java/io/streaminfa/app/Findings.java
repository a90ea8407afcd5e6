package io.streaminfa.app;

import java.io.PrintWriter;

/** Prints a line for each check, and remembers whether all were good. */
final class Findings {
  private final PrintWriter out;
  private boolean good = true;

  Findings(PrintWriter out) {
    this.out = out;
  }

  void good(String check, String words) {
    line("ok", check, words);
  }

  void bad(String check, String words) {
    good = false;
    line("FAIL", check, words);
  }

  private void line(String result, String check, String words) {
    out.printf("%-5s %-14s %s%n", result, check, words);
    out.flush();
  }

  boolean areGood() {
    return good;
  }
}
