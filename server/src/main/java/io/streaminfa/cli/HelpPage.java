package io.streaminfa.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What {@code --help} says. */
record HelpPage(String usage, String description, List<Section> sections, List<String> notes) {
  /** Of a line: what a terminal shows at the least. */
  private static final int WIDTH = 80;

  private static final List<Row> STANDARD =
      List.of(
          new Row("-h, --help", "show this and end"), new Row("-V, --version", "say it and end"));

  record Section(String title, List<Row> rows) {}

  record Row(String term, String text) {}

  static HelpPage of(Program program) {
    List<Row> commands =
        program.commands().stream().map(c -> new Row(c.name(), c.description())).toList();
    return new HelpPage(
        "Usage: " + program.name() + " COMMAND [OPTIONS]",
        program.description(),
        List.of(new Section("Commands:", commands), new Section("Options:", STANDARD)),
        program.notes());
  }

  static HelpPage of(String typedAs, Command command) {
    List<Row> parameters =
        command.parameters().stream().map(p -> new Row(p.label(), p.description())).toList();
    StringBuilder usage = new StringBuilder("Usage: ").append(typedAs);
    List<Row> options = new ArrayList<>();
    for (Option option : command.options()) {
      if (!option.isHidden()) {
        String synopsis = option.synopsis();
        usage.append(option.isRequired() ? " " + synopsis : " [" + synopsis + "]");
        options.add(new Row(synopsis, option.description()));
      }
    }
    command.parameters().forEach(p -> usage.append(' ').append(p.synopsis()));
    options.addAll(STANDARD);
    return new HelpPage(
        usage.toString(),
        command.description(),
        List.of(new Section("What it takes:", parameters), new Section("Options:", options)),
        List.of());
  }

  void print(PrintWriter to) {
    to.println(usage);
    to.println(description);
    int column =
        sections.stream()
                .flatMap(section -> section.rows().stream())
                .mapToInt(row -> row.term().length())
                .max()
                .orElse(0)
            + 5;
    for (Section section : sections) {
      if (!section.rows().isEmpty()) {
        to.println();
        to.println(section.title());
        section.rows().forEach(row -> print(row, column, to));
      }
    }
    if (!notes.isEmpty()) {
      to.println();
      notes.forEach(to::println);
    }
  }

  /** Enough for somebody who mistyped. */
  void printUsage(PrintWriter to) {
    to.println(usage);
  }

  /** The term, and the text in lines of its own column. */
  private static void print(Row row, int column, PrintWriter to) {
    StringBuilder line = new StringBuilder("  ").append(row.term());
    line.repeat(' ', column - line.length());
    int lineStart = line.length();
    for (String word : row.text().split(" ", -1)) {
      if (line.length() > lineStart && line.length() + 1 + word.length() > WIDTH) {
        to.println(line);
        line.setLength(0);
        line.repeat(' ', column);
      } else if (line.length() > lineStart) {
        line.append(' ');
      }
      line.append(word);
    }
    to.println(line);
  }
}
