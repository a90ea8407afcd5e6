package io.streaminfa.app;

import io.streaminfa.config.Config;
import io.streaminfa.config.ConfigException;
import io.streaminfa.config.LoadedConfig;
import io.streaminfa.observability.Logging;
import io.streaminfa.observability.MetricsRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the server until a signal stops it. */
@Command(
    name = "serve",
    description = "Run the server until SIGINT or SIGTERM.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ServeCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  @Mixin private SettingsOption settings;

  @Option(names = "--demo", description = "publish a test picture, to see something at once")
  private boolean isDemo;

  // A real start, some requests and a clean end: what the JVM learns its ahead-of-time cache from.
  @Option(names = "--train", hidden = true)
  private boolean isTraining;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields.
  ServeCommand() {}

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
    MetricsRegistry metrics = new MetricsRegistry();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> {
          metrics.countUncaughtException();
          log.error("thread {} ended unforeseen", thread.getName(), e);
        });
    log.info("StreamInfa {} starts", Version.current());
    try (Server server = new Server(loaded.config(), metrics)) {
      server.start();
      log.info("ready after {} ms", sinceJvmStart().toMillis());
      if (isTraining) {
        new TrainingVisit(server.controlPort()).run();
        return Main.OK;
      }
      run(server, loaded.config(), metrics);
      return Main.OK;
    } catch (IOException e) {
      log.error("the server cannot run: {}", e.getMessage(), e);
      return Main.FAILURE;
    }
  }

  private void run(Server server, Config config, MetricsRegistry metrics)
      throws IOException, InterruptedException {
    SignalStop stop = new SignalStop(config.server().shutdownTimeout(), metrics);
    if (isDemo) {
      Demo demo = Demo.start(server, config, spec.commandLine().getOut());
      stop.awaitAndClose(
          () -> {
            demo.close();
            server.close();
          });
    } else {
      stop.awaitAndClose(server);
    }
  }

  /** With the start of the JVM, which an operator waits for too. */
  private static Duration sinceJvmStart() {
    return Duration.ofMillis(
        System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime());
  }
}
