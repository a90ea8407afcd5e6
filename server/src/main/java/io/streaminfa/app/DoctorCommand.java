package io.streaminfa.app;

import io.streaminfa.cli.Call;
import io.streaminfa.cli.Command;
import io.streaminfa.cli.ExitCode;
import io.streaminfa.cli.Option;
import io.streaminfa.config.Config;
import io.streaminfa.config.ConfigException;
import io.streaminfa.config.LoadedConfig;
import io.streaminfa.observability.Logging;
import io.streaminfa.storage.StorageSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/** Tries the store that the settings name, and says what is wrong with it. */
final class DoctorCommand implements Command {
  @Override
  public String name() {
    return "doctor";
  }

  @Override
  public String description() {
    return "Try the configured store with real objects, and say what is wrong: one line a check.";
  }

  @Override
  public List<Option> options() {
    return List.of(SettingsOption.CONFIG);
  }

  @Override
  public int run(Call call) throws InterruptedException {
    LoadedConfig loaded;
    try {
      loaded = SettingsOption.load(call);
    } catch (ConfigException e) {
      call.err().println(e.getMessage());
      return ExitCode.USAGE;
    }
    Logging.configure(loaded.config().observability(), loaded.effective().secrets());
    return examine(loaded.config(), call.out()) ? ExitCode.OK : ExitCode.FAILURE;
  }

  static boolean examine(Config config, PrintWriter out) throws InterruptedException {
    Findings findings = new Findings(out);
    StorageSettings storage = config.storage();
    switch (storage.backend()) {
      case MEMORY -> out.println("storage in memory: it ends with the process");
      case FILE -> out.println("storage in files below " + config.server().dataDir());
      case S3 ->
          out.printf(
              "storage in bucket \"%s\" of %s, region %s, %s%n",
              storage.bucket(),
              EndpointCheckup.endpoint(storage),
              storage.region(),
              storage.pathStyle() ? "path style" : "virtual hosts");
    }
    if (storage.backend() == StorageSettings.Backend.S3
        && !new EndpointCheckup(storage, findings).run()) {
      return false;
    }
    try (TrialStore trial = TrialStore.open(config)) {
      boolean works = new StoreCheckup(trial.store(), findings).run();
      return works && findings.areGood();
    } catch (IOException e) {
      findings.bad("open", String.valueOf(e.getMessage()));
      return false;
    }
  }
}
