package io.streaminfa.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.function.Supplier;

/**
 * A name with commands behind it.
 *
 * @param version the lines that {@code --version} answers, behind a command too
 * @param notes the last lines of the help
 */
public record Program(
    String name,
    String description,
    Supplier<List<String>> version,
    List<Command> commands,
    List<String> notes) {
  /** Returns the exit code. */
  public int run(List<String> words, PrintWriter out, PrintWriter err) {
    if (words.isEmpty()) {
      err.println("a command is missing");
      help().print(err);
      return ExitCode.USAGE;
    }
    String first = words.getFirst();
    for (Command command : commands) {
      if (command.name().equals(first)) {
        return new CommandRunner(name + " " + first, command, version)
            .run(words.subList(1, words.size()), out, err);
      }
    }
    if (CommandRunner.HELP.contains(first)) {
      help().print(out);
      return ExitCode.OK;
    }
    if (CommandRunner.VERSION.contains(first)) {
      version.get().forEach(out::println);
      return ExitCode.OK;
    }
    List<String> names = commands.stream().map(Command::name).toList();
    err.println("unknown command " + first + CommandRunner.suggestion(first, names));
    help().printUsage(err);
    return ExitCode.USAGE;
  }

  private HelpPage help() {
    return HelpPage.of(this);
  }
}
