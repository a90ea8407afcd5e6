package io.streaminfa.app;

import io.streaminfa.config.ConfigException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows the settings that a start would have. */
@Command(
    name = "config",
    description = "Print the effective settings, secrets hidden, and where each comes from.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ConfigCommand implements Callable<Integer> {
  @Mixin private SettingsOption settings;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields.
  ConfigCommand() {}

  @Override
  public Integer call() {
    try {
      spec.commandLine().getOut().print(settings.load().effective().toToml());
      spec.commandLine().getOut().flush();
      return Main.OK;
    } catch (ConfigException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return Main.USAGE;
    }
  }
}
