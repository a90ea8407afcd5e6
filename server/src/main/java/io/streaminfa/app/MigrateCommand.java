package io.streaminfa.app;

import io.streaminfa.config.Config;
import io.streaminfa.config.ConfigException;
import io.streaminfa.storage.Migration;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageException;
import io.streaminfa.storage.StorageSettings.Backend;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Copies all media from one store to another. */
@Command(
    name = "migrate",
    description = {
      "Copy all media from one store to another while the server is stopped.",
      "Each object is checked; a copy that broke off goes on when it is started again.",
      "Nothing is deleted. Afterwards set storage.backend."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class MigrateCommand implements Callable<Integer> {
  /** The stores that outlive a process. */
  enum Place {
    FILE(Backend.FILE),
    S3(Backend.S3);

    private final Backend backend;

    Place(Backend backend) {
      this.backend = backend;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String SPOOL = "spool";

  @Mixin private SettingsOption settings;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "STORE",
      description = "${COMPLETION-CANDIDATES}; where it is, the settings say")
  private Place from;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "STORE",
      description = "${COMPLETION-CANDIDATES}")
  private Place to;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields.
  MigrateCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    Config config;
    try {
      config = settings.load().config();
    } catch (ConfigException e) {
      err.println(e.getMessage());
      return Main.USAGE;
    }
    if (from == to) {
      err.println("--from and --to name the same store.");
      return Main.USAGE;
    }
    try (DataDirectory _ = DataDirectory.claim(config.server().dataDir())) {
      requireEmptySpool(config.server().dataDir().resolve(SPOOL));
      migrate(config);
      return Main.OK;
    } catch (IOException e) {
      err.println(e.getMessage());
    } catch (StorageException e) {
      err.println(e.getMessage() + "; start this again to go on");
    }
    return Main.FAILURE;
  }

  /** What waits there is missing in S3. */
  private static void requireEmptySpool(Path spool) throws IOException {
    if (!Files.isDirectory(spool)) {
      return;
    }
    try (Stream<Path> files = Files.walk(spool)) {
      if (files.anyMatch(Files::isRegularFile)) {
        throw new IOException(
            spool + " holds what S3 has not yet; start the server with S3 until it is empty");
      }
    }
  }

  private void migrate(Config config) throws IOException, StorageException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    ProgressLine line = new ProgressLine(out, SettingsOption.isReadByAPerson(), "copying");
    Migration.Summary summary;
    try (ObjectStore source = ObjectStores.open(from.backend, config, _ -> {});
        ObjectStore target = ObjectStores.open(to.backend, config, _ -> {})) {
      summary =
          new Migration(
                  source,
                  target,
                  (done, streams, _) -> line.show(streams == 0 ? 1 : (double) done / streams))
              .run();
    } finally {
      line.end();
    }
    out.printf(
        Locale.ROOT,
        "%d objects copied (%d bytes), %d were there already%n",
        summary.copied(),
        summary.copiedBytes(),
        summary.present());
    out.flush();
  }
}
