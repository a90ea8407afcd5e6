package io.streaminfa.cli;

import java.util.Optional;

/**
 * What may stand behind a command: {@code --name}, {@code --name=VALUE} or {@code --name VALUE}.
 *
 * @param name without the dashes
 * @param label what stands for the value in the help; empty: the option takes none
 * @param isHidden left out of the help
 */
public record Option(
    String name, Optional<String> label, String description, boolean isRequired, boolean isHidden) {
  /** There or not there. */
  public static Option flag(String name, String description) {
    return new Option(name, Optional.empty(), description, false, false);
  }

  /** With one value, at most once. */
  public static Option value(String name, String label, String description) {
    return new Option(name, Optional.of(label), description, false, false);
  }

  /** The same, but not to be left out. */
  public Option required() {
    return new Option(name, label, description, true, isHidden);
  }

  /** The same, but for those who know of it. */
  public Option hidden() {
    return new Option(name, label, description, isRequired, true);
  }

  /** As it is typed: {@code --name} or {@code --name=LABEL}. */
  String synopsis() {
    return "--" + name + label.map(l -> "=" + l).orElse("");
  }
}
