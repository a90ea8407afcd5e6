package io.streaminfa.app;

import io.streaminfa.cli.Call;
import io.streaminfa.cli.Command;
import io.streaminfa.cli.ExitCode;
import io.streaminfa.cli.Option;
import io.streaminfa.config.Config;
import io.streaminfa.config.ConfigException;
import io.streaminfa.config.LoadedConfig;
import io.streaminfa.observability.Logging;
import io.streaminfa.storage.Migration;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageException;
import io.streaminfa.storage.StorageSettings.Backend;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Copies all media from one store to another, while the server is stopped. Nothing is deleted, and
 * a copy that broke off goes on when it is started again.
 */
final class MigrateCommand implements Command {
  /** The stores that outlive a process. */
  private static final Map<String, Backend> STORES = Map.of("file", Backend.FILE, "s3", Backend.S3);

  private static final Option FROM =
      Option.value("from", "STORE", "file or s3; where they are, the settings say").required();

  private static final Option TO = Option.value("to", "STORE", "file or s3").required();

  private static final String SPOOL = "spool";

  @Override
  public String name() {
    return "migrate";
  }

  @Override
  public String description() {
    return "Copy all media from one store to another, and check it, while the server is stopped.";
  }

  @Override
  public List<Option> options() {
    return List.of(FROM, TO, SettingsOption.CONFIG);
  }

  @Override
  public int run(Call call) throws InterruptedException {
    PrintWriter err = call.err();
    Optional<Backend> from = Optional.ofNullable(STORES.get(call.required(FROM)));
    Optional<Backend> to = Optional.ofNullable(STORES.get(call.required(TO)));
    if (from.isEmpty() || to.isEmpty() || from.equals(to)) {
      err.println("--from and --to take \"file\" and \"s3\", one each.");
      return ExitCode.USAGE;
    }
    LoadedConfig loaded;
    try {
      loaded = SettingsOption.load(call);
    } catch (ConfigException e) {
      err.println(e.getMessage());
      return ExitCode.USAGE;
    }
    Logging.configure(loaded.config().observability(), loaded.effective().secrets());
    Config config = loaded.config();
    try (DataDirectory _ = DataDirectory.claim(config.server().dataDir())) {
      requireEmptySpool(config.server().dataDir().resolve(SPOOL));
      migrate(config, from.get(), to.get(), call.out());
      return ExitCode.OK;
    } catch (IOException e) {
      err.println(e.getMessage());
    } catch (StorageException e) {
      err.println(e.getMessage() + "; start this again to go on");
    }
    return ExitCode.FAILURE;
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

  private static void migrate(Config config, Backend from, Backend to, PrintWriter out)
      throws IOException, StorageException, InterruptedException {
    ProgressLine line = new ProgressLine(out, SettingsOption.isReadByAPerson(), "copying");
    Migration.Summary summary;
    try (ObjectStore source = ObjectStores.open(from, config, _ -> {});
        ObjectStore target = ObjectStores.open(to, config, _ -> {})) {
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
