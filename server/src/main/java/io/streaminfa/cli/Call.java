package io.streaminfa.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A command as it was typed, and where its answer goes. */
public final class Call {
  /** By the option's name; empty text for a flag. */
  private final Map<String, String> values;

  private final List<String> arguments;
  private final PrintWriter out;
  private final PrintWriter err;

  Call(Map<String, String> values, List<String> arguments, PrintWriter out, PrintWriter err) {
    this.values = Map.copyOf(values);
    this.arguments = List.copyOf(arguments);
    this.out = out;
    this.err = err;
  }

  public boolean has(Option option) {
    return values.containsKey(option.name());
  }

  public Optional<String> value(Option option) {
    return Optional.ofNullable(values.get(option.name()));
  }

  /** The value of an option that is required. */
  public String required(Option option) {
    return value(option).orElseThrow();
  }

  /**
   * The value of an option that takes a whole number.
   *
   * @throws UsageException when it is none from 1 on
   */
  public int number(Option option, int defaultValue) throws UsageException {
    String text = values.get(option.name());
    if (text == null) {
      return defaultValue;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, with the option's name.
    }
    throw new UsageException("--" + option.name() + " takes a whole number, not \"" + text + '"');
  }

  /** What was typed for the command's parameter of that index, from 0. */
  public String argument(int index) {
    return arguments.get(index);
  }

  /** The same, of a parameter that may be left out. */
  public Optional<String> optionalArgument(int index) {
    return index < arguments.size() ? Optional.of(arguments.get(index)) : Optional.empty();
  }

  public PrintWriter out() {
    return out;
  }

  public PrintWriter err() {
    return err;
  }
}
