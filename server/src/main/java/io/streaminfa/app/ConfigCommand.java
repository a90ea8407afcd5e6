package io.streaminfa.app;

import io.streaminfa.cli.Call;
import io.streaminfa.cli.Command;
import io.streaminfa.cli.ExitCode;
import io.streaminfa.cli.Option;
import io.streaminfa.config.ConfigException;
import java.util.List;

/** Shows the settings that a start would have. */
final class ConfigCommand implements Command {
  @Override
  public String name() {
    return "config";
  }

  @Override
  public String description() {
    return "Print the effective settings, secrets hidden, and where each comes from.";
  }

  @Override
  public List<Option> options() {
    return List.of(SettingsOption.CONFIG);
  }

  @Override
  public int run(Call call) {
    try {
      call.out().print(SettingsOption.load(call).effective().toToml());
      call.out().flush();
      return ExitCode.OK;
    } catch (ConfigException e) {
      call.err().println(e.getMessage());
      return ExitCode.USAGE;
    }
  }
}
