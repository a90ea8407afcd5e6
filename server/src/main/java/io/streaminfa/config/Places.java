package io.streaminfa.config;

import java.util.List;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Finds lines in parsed TOML. */
final class Places {
  private Places() {}

  /** The line of a key, from 1; 1 where the parser does not know. */
  static int line(TomlTable table, List<String> path) {
    TomlPosition position = table.inputPositionOf(path);
    return position == null ? 1 : position.line();
  }
}
