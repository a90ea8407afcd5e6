package io.streaminfa.app;

import io.streaminfa.auth.AdminTokenFile;
import io.streaminfa.cli.Call;
import io.streaminfa.cli.Command;
import io.streaminfa.cli.ExitCode;
import io.streaminfa.cli.Option;
import io.streaminfa.config.Config;
import io.streaminfa.config.ConfigException;
import io.streaminfa.config.LoadedConfig;
import io.streaminfa.observability.Logging;
import io.streaminfa.observability.MetricsRegistry;
import io.streaminfa.transcode.WorkerCommand;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the server until a signal stops it. */
final class ServeCommand implements Command {
  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  private static final Option DEMO =
      Option.flag("demo", "publish a test picture, to see something at once");

  // A real start, some requests and a clean end: what the JVM learns its ahead-of-time cache from.
  private static final Option TRAIN = Option.flag("train", "for the build").hidden();

  @Override
  public String name() {
    return "serve";
  }

  @Override
  public String description() {
    return "Run the server until SIGINT or SIGTERM.";
  }

  @Override
  public List<Option> options() {
    return List.of(SettingsOption.CONFIG, DEMO, TRAIN);
  }

  @Override
  public int run(Call call) throws InterruptedException {
    WorkerCommand workers = WorkerCommand.ofThisProcess();
    // Before all else: it needs nothing of the settings and takes as long as the rest of the start.
    try (FfmpegProbe ffmpeg = FfmpegProbe.start(workers)) {
      return run(call, workers, ffmpeg);
    }
  }

  private static int run(Call call, WorkerCommand workers, FfmpegProbe ffmpeg)
      throws InterruptedException {
    LoadedConfig loaded;
    try {
      loaded = SettingsOption.load(call);
    } catch (ConfigException e) {
      call.err().println(e.getMessage());
      return ExitCode.USAGE;
    }
    Logging.configure(loaded.config().observability(), loaded.effective().secrets());
    ffmpeg.logIsSetUp();
    MetricsRegistry metrics = new MetricsRegistry();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> {
          metrics.countUncaughtException();
          log.error("thread {} ended unforeseen", thread.getName(), e);
        });
    log.info("StreamInfa {} starts", Version.current());
    try (Server server = new Server(loaded.config(), workers, ffmpeg, metrics)) {
      server.start();
      log.info("ready after {} ms", sinceJvmStart().toMillis());
      if (call.has(TRAIN)) {
        Path token = AdminTokenFile.in(loaded.config().server().dataDir());
        new TrainingVisit(server.controlPort(), Files.readString(token).strip()).run();
        return ExitCode.OK;
      }
      run(server, loaded.config(), metrics, call);
      return ExitCode.OK;
    } catch (IOException e) {
      log.error("the server cannot run: {}", e.getMessage(), e);
      return ExitCode.FAILURE;
    }
  }

  private static void run(Server server, Config config, MetricsRegistry metrics, Call call)
      throws IOException, InterruptedException {
    SignalStop stop = new SignalStop(config.server().shutdownTimeout(), metrics);
    if (call.has(DEMO)) {
      Demo demo = Demo.start(server, config, call.out());
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
