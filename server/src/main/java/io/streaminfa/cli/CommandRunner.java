package io.streaminfa.cli;

import io.streaminfa.config.NearestName;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;

/**
 * Runs one command.
 *
 * @param typedAs all that is typed before its options, such as "streaminfa serve"
 * @param version the lines that {@code --version} answers
 */
public record CommandRunner(String typedAs, Command command, Supplier<List<String>> version) {
  static final List<String> HELP = List.of("-h", "--help");
  static final List<String> VERSION = List.of("-V", "--version");

  /** Returns the exit code. */
  public int run(List<String> words, PrintWriter out, PrintWriter err) {
    // Whatever else is missing or wrong, who asks for help gets it.
    List<String> typed = words.stream().takeWhile(word -> !word.equals("--")).toList();
    if (typed.stream().anyMatch(HELP::contains)) {
      help().print(out);
      return ExitCode.OK;
    }
    if (typed.stream().anyMatch(VERSION::contains)) {
      version.get().forEach(out::println);
      return ExitCode.OK;
    }
    try {
      return command.run(parse(words, out, err));
    } catch (UsageException e) {
      err.println(e.getMessage());
      help().printUsage(err);
      return ExitCode.USAGE;
    } catch (Exception e) {
      e.printStackTrace(err);
      return ExitCode.FAILURE;
    }
  }

  private HelpPage help() {
    return HelpPage.of(typedAs, command);
  }

  private Call parse(List<String> words, PrintWriter out, PrintWriter err) throws UsageException {
    CommandLine line;
    try {
      line =
          DefaultParser.builder()
              .setAllowPartialMatching(false)
              .setStripLeadingAndTrailingQuotes(false)
              .get()
              .parse(known(), words.toArray(String[]::new));
    } catch (UnrecognizedOptionException e) {
      throw unknownOption(e.getOption());
    } catch (MissingArgumentException e) {
      throw new UsageException("--" + e.getOption().getLongOpt() + " needs a value");
    } catch (ParseException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    Map<String, String> values = new HashMap<>();
    for (org.apache.commons.cli.Option found : line.getOptions()) {
      if (values.put(found.getLongOpt(), found.getValue("")) != null) {
        throw new UsageException("--" + found.getLongOpt() + " is there twice");
      }
    }
    requireAll(values, line.getArgList());
    return new Call(values, line.getArgList(), out, err);
  }

  private Options known() {
    Options known = new Options();
    for (Option option : command.options()) {
      known.addOption(
          org.apache.commons.cli.Option.builder()
              .longOpt(option.name())
              .hasArg(option.label().isPresent())
              .get());
    }
    return known;
  }

  private void requireAll(Map<String, String> values, List<String> arguments)
      throws UsageException {
    for (Option option : command.options()) {
      if (option.isRequired() && !values.containsKey(option.name())) {
        throw new UsageException(option.synopsis() + " is missing");
      }
    }
    List<Parameter> parameters = command.parameters();
    if (arguments.size() < parameters.size() && parameters.get(arguments.size()).isRequired()) {
      throw new UsageException(parameters.get(arguments.size()).label() + " is missing");
    }
    if (arguments.size() > parameters.size()) {
      throw new UsageException(
          '"' + arguments.get(parameters.size()) + "\" is more than " + typedAs + " takes");
    }
  }

  private UsageException unknownOption(String typed) {
    String name = typed.split("=", 2)[0];
    List<String> names =
        Stream.concat(
                command.options().stream().filter(o -> !o.isHidden()).map(o -> "--" + o.name()),
                Stream.of(HELP.getLast(), VERSION.getLast()))
            .toList();
    boolean isFlag = names.contains(name);
    return new UsageException(
        isFlag ? name + " takes no value" : "unknown option " + name + suggestion(name, names));
  }

  /** For the end of a message. */
  static String suggestion(String typed, List<String> names) {
    return NearestName.of(typed, names).map(name -> "; did you mean " + name + "?").orElse("");
  }
}
