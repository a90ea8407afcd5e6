package io.streaminfa.config;

import java.util.List;

/** The settings are unusable. The message lists every problem, one a line, with its place. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  // Nobody serialises it; the field is a list, which need not be serialisable.
  private final transient List<String> problems;

  ConfigException(List<String> problems) {
    super(message(problems));
    this.problems = List.copyOf(problems);
  }

  /** Each with its file and line, or its environment variable, in the order of the layers. */
  public List<String> problems() {
    return problems;
  }

  private static String message(List<String> problems) {
    String count = problems.size() == 1 ? "a problem" : problems.size() + " problems";
    return "The settings have " + count + ":\n  " + String.join("\n  ", problems);
  }
}
