package io.streaminfa.app;

import io.streaminfa.config.ConfigException;
import io.streaminfa.config.ConfigLoader;
import io.streaminfa.config.LoadedConfig;
import java.io.Console;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the settings come from, the same for each command. */
final class SettingsOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "a file of settings, over those of config/")
  private @Nullable Path file;

  LoadedConfig load() throws ConfigException {
    return new ConfigLoader(
            Path.of(""), System.getenv(), Optional.ofNullable(file), isReadByAPerson())
        .load();
  }

  @SuppressWarnings("SystemConsoleNull") // Its documentation still allows null.
  static boolean isReadByAPerson() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
