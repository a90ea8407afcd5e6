package io.streaminfa.app;

import io.streaminfa.config.Config;
import io.streaminfa.config.ConfigException;
import io.streaminfa.config.LoadedConfig;
import io.streaminfa.observability.Logging;
import io.streaminfa.storage.StorageSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Tries the store that the settings name, and says what is wrong with it. */
@Command(
    name = "doctor",
    description =
        "Try the configured store with real objects, and say what is wrong: one line a check.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class DoctorCommand implements Callable<Integer> {
  @Mixin private SettingsOption settings;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields.
  DoctorCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    LoadedConfig loaded;
    try {
      loaded = settings.load();
    } catch (ConfigException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return Main.USAGE;
    }
    Logging.configure(loaded.config().observability(), loaded.effective().secrets());
    return examine(loaded.config(), spec.commandLine().getOut()) ? Main.OK : Main.FAILURE;
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
