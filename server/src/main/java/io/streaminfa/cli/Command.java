package io.streaminfa.cli;

import java.util.List;

/** What can be typed, and what it does. {@code --help} and {@code --version} come by themselves. */
public interface Command {
  /** The word that is typed for it. */
  String name();

  /** One sentence. */
  String description();

  /** In the order of the help. */
  List<Option> options();

  /** In the order in which they are typed. */
  default List<Parameter> parameters() {
    return List.of();
  }

  /**
   * Does it.
   *
   * @return the exit code, such as {@link ExitCode#OK}
   * @throws UsageException when an option's value is wrong
   * @throws Exception what nobody foresaw: its trace is printed, and the exit code is a failure's
   */
  int run(Call call) throws Exception;
}
