package io.streaminfa.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** Puts what one TOML file says over the layers before it. */
final class FileLayer {
  private static final List<String> SECTIONS =
      Settings.ALL.stream().map(Setting::section).distinct().toList();

  private final String file;
  private final List<String> problems;

  /**
   * @param file as the user named it
   * @param problems receives what is wrong
   */
  FileLayer(String file, List<String> problems) {
    this.file = file;
    this.problems = problems;
  }

  void apply(String toml, EffectiveSettings settings) {
    TomlParseResult root = Toml.parse(toml);
    for (TomlParseError error : root.errors()) {
      problem(error.position().line(), firstLine(error));
    }
    if (root.hasErrors()) {
      // What could be read of a broken file would only add problems that are none.
      return;
    }
    for (String section : root.keySet()) {
      int line = Places.line(root, List.of(section));
      if (!SECTIONS.contains(section)) {
        problem(line, "unknown section " + section + suggestion(section, SECTIONS));
      } else if (root.get(List.of(section)) instanceof TomlTable table) {
        applySection(section, table, settings);
      } else {
        problem(line, section + " must be a section: [" + section + "]");
      }
    }
  }

  private void applySection(String section, TomlTable table, EffectiveSettings settings) {
    for (String key : table.keySet()) {
      String name = section + "." + key;
      int line = Places.line(table, List.of(key));
      Setting<?> setting = Settings.BY_NAME.get(name);
      if (name.equals(Settings.LADDER)) {
        new LadderReader(file, problems)
            .read(table.get(List.of(key)), line)
            .ifPresent(settings::putLadder);
      } else if (setting == null) {
        problem(line, "unknown key " + name + suggestion(name, names()));
      } else {
        applyValue(setting, table, line, settings);
      }
    }
  }

  private <T> void applyValue(
      Setting<T> setting, TomlTable table, int line, EffectiveSettings settings) {
    Object value = table.get(List.of(setting.key()));
    if (value == null) {
      return;
    }
    try {
      settings.put(setting, setting.type().fromToml(value), new Origin.FileLine(file, line));
    } catch (InvalidValue e) {
      problem(line, setting.name() + " " + e.reason());
    }
  }

  private static List<String> names() {
    return Stream.concat(Settings.ALL.stream().map(Setting::name), Stream.of(Settings.LADDER))
        .toList();
  }

  private static String suggestion(String wrong, List<String> names) {
    Optional<String> nearest = NearestName.of(wrong, names);
    return nearest.map(name -> "; did you mean " + name + "?").orElse("");
  }

  private static String firstLine(TomlParseError error) {
    String message = error.getMessage();
    return message == null ? "not TOML" : message.lines().findFirst().orElse("not TOML");
  }

  private void problem(int line, String message) {
    problems.add(new Origin.FileLine(file, line).place() + ": " + message);
  }
}
