package io.streaminfa.config;

import io.streaminfa.config.EffectiveSettings.PlacedRung;
import io.streaminfa.transcode.LadderRung;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.Resolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reads {@code [[transcode.profile_ladder]]} of one file. */
final class LadderReader {
  /** More renditions than any ladder has; each costs an encoder. */
  private static final int MAX_RUNGS = 16;

  private static final List<String> KEYS =
      List.of(
          "name",
          "width",
          "height",
          "bitrate_kbps",
          "audio_bitrate_kbps",
          "profile",
          "level",
          "preset");

  // The name is a directory of object keys, beside those of audio renditions ("audio_128k").
  private static final TextRule NAME =
      new TextRule.Matching(
          Pattern.compile("(?!audio_\\d+k$)[a-z0-9_-]{1,32}"),
          "a name of a-z, 0-9, _ and -, and not that of an audio rendition");
  private static final ValueType.WholeNumber EDGE = new ValueType.WholeNumber(16, 8_192);
  private static final ValueType.WholeNumber VIDEO_KBPS = new ValueType.WholeNumber(10, 1_000_000);
  private static final ValueType.WholeNumber AUDIO_KBPS = new ValueType.WholeNumber(8, 512);
  private static final TextRule PROFILE = new TextRule.OneOf(List.of("baseline", "main", "high"));
  // Rec. ITU-T H.264, table A-1.
  private static final TextRule LEVEL =
      new TextRule.OneOf(
          List.of(
              "1.0", "1.1", "1.2", "1.3", "2.0", "2.1", "2.2", "3.0", "3.1", "3.2", "4.0", "4.1",
              "4.2", "5.0", "5.1", "5.2", "6.0", "6.1", "6.2"));
  private static final TextRule PRESET =
      new TextRule.Matching(Pattern.compile("[a-z0-9_-]{1,32}"), "a preset's name");

  private final String file;
  private final List<String> problems;

  LadderReader(String file, List<String> problems) {
    this.file = file;
    this.problems = problems;
  }

  /** The rungs, where every one of them is right; what is wrong goes to the problems. */
  Optional<List<PlacedRung>> read(@Nullable Object value, int line) {
    if (!(value instanceof TomlArray array) || !areTables(array)) {
      problem(line, Settings.LADDER + " must be a list of tables");
      return Optional.empty();
    }
    if (array.isEmpty() || array.size() > MAX_RUNGS) {
      problem(line, Settings.LADDER + " must have 1 to " + MAX_RUNGS + " rungs");
      return Optional.empty();
    }
    List<PlacedRung> rungs = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      int rungLine = lineOf(array, i, line);
      readRung(array.getTable(i), rungLine)
          .ifPresent(r -> rungs.add(new PlacedRung(r, new Origin.FileLine(file, rungLine))));
    }
    return rungs.size() == array.size() ? Optional.of(rungs) : Optional.empty();
  }

  private static boolean areTables(TomlArray array) {
    return array.toList().stream().allMatch(TomlTable.class::isInstance);
  }

  private Optional<LadderRung> readRung(TomlTable table, int line) {
    int problemsBefore = problems.size();
    for (String key : table.keySet()) {
      if (!KEYS.contains(key)) {
        String nearest =
            NearestName.of(key, KEYS).map(name -> "; did you mean " + name + "?").orElse("");
        problem(lineOf(table, key), "unknown key " + key + " of a rung" + nearest);
      }
    }
    String name = text(table, line, "name", NAME);
    int width = evenNumber(table, line, "width");
    int height = evenNumber(table, line, "height");
    long videoKbps = number(table, line, "bitrate_kbps", VIDEO_KBPS);
    long audioKbps = number(table, line, "audio_bitrate_kbps", AUDIO_KBPS);
    String profile = text(table, line, "profile", PROFILE);
    String level = text(table, line, "level", LEVEL);
    String preset = text(table, line, "preset", PRESET);
    if (problems.size() > problemsBefore) {
      return Optional.empty();
    }
    return Optional.of(
        new LadderRung(
            name,
            new Resolution(width, height),
            Bitrate.ofKbps(videoKbps),
            Bitrate.ofKbps(audioKbps),
            profile,
            level,
            preset));
  }

  /** The key's value; where it has none that can be, a problem, and an answer that is not used. */
  private String text(TomlTable table, int line, String key, TextRule rule) {
    return this.<String>value(table, line, key, new ValueType.Text(rule)).orElse("");
  }

  private long number(TomlTable table, int line, String key, ValueType.WholeNumber type) {
    return value(table, line, key, type).orElse(type.min());
  }

  private int evenNumber(TomlTable table, int line, String key) {
    long number = number(table, line, key, EDGE);
    // 4:2:0 pictures have one colour sample for two by two pixels.
    if (number % 2 != 0) {
      problem(lineOf(table, key), key + " must be even, not " + number);
    }
    return (int) number;
  }

  private <T> Optional<T> value(TomlTable table, int line, String key, ValueType<T> type) {
    Object value = table.get(List.of(key));
    if (value == null) {
      problem(line, "the rung has no " + key);
      return Optional.empty();
    }
    try {
      return Optional.of(type.fromToml(value));
    } catch (InvalidValue e) {
      problem(lineOf(table, key), key + " " + e.reason());
      return Optional.empty();
    }
  }

  private static int lineOf(TomlArray array, int index, int arrayLine) {
    TomlPosition position = array.inputPositionOf(index);
    return position == null ? arrayLine : position.line();
  }

  private static int lineOf(TomlTable table, String key) {
    return Places.line(table, List.of(key));
  }

  private void problem(int line, String message) {
    problems.add(new Origin.FileLine(file, line).place() + ": " + message);
  }
}
