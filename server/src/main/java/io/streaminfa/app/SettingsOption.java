package io.streaminfa.app;

import io.streaminfa.cli.Call;
import io.streaminfa.cli.Option;
import io.streaminfa.config.ConfigException;
import io.streaminfa.config.ConfigLoader;
import io.streaminfa.config.LoadedConfig;
import java.io.Console;
import java.nio.file.Path;

/** Where the settings come from, the same for each command. */
final class SettingsOption {
  static final Option CONFIG =
      Option.value("config", "FILE", "a file of settings, over those of config/");

  private SettingsOption() {}

  static LoadedConfig load(Call call) throws ConfigException {
    return new ConfigLoader(
            Path.of(""), System.getenv(), call.value(CONFIG).map(Path::of), isReadByAPerson())
        .load();
  }

  @SuppressWarnings("SystemConsoleNull") // Its documentation still allows null.
  static boolean isReadByAPerson() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
