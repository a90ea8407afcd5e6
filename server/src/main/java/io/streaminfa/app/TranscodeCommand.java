package io.streaminfa.app;

import io.streaminfa.config.ConfigException;
import io.streaminfa.config.LoadedConfig;
import io.streaminfa.observability.Logging;
import io.streaminfa.observability.ObservabilitySettings;
import io.streaminfa.transcode.MediaProbe;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes HLS out of a file, without a server. */
@Command(
    name = "transcode",
    description = "Make adaptive HLS out of a file, in a folder, without a server.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class TranscodeCommand implements Callable<Integer> {
  @Mixin private SettingsOption settings;

  @Parameters(index = "0", paramLabel = "FILE", description = "a video file of any usual kind")
  private Path file;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "where master.m3u8 and all else goes; made when missing, must be empty")
  private Path directory;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields.
  TranscodeCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    LoadedConfig loaded;
    try {
      loaded = settings.load();
      requireUsable();
    } catch (ConfigException | IOException e) {
      err.println(e.getMessage());
      return Main.USAGE;
    }
    quietLog(loaded);
    ProgressLine line = new ProgressLine(out, SettingsOption.isReadByAPerson(), "encoding");
    try (var _ = TidyStop.ofThisThread()) {
      new LocalTranscode(loaded.config()).run(file, directory, listener(out, line));
      line.end();
      out.println(directory.resolve("master.m3u8"));
      return Main.OK;
    } catch (LocalTranscode.Failed | IOException e) {
      line.end();
      err.println(e.getMessage());
      return Main.FAILURE;
    } catch (InterruptedException e) {
      line.end();
      err.println("stopped; " + directory + " is as it was");
      return Main.FAILURE;
    }
  }

  private void requireUsable() throws IOException {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IOException(file + " is no file that can be read");
    }
    if (Files.exists(directory)) {
      if (!Files.isDirectory(directory)) {
        throw new IOException(directory + " is no directory");
      }
      try (Stream<Path> children = Files.list(directory)) {
        if (children.findAny().isPresent()) {
          throw new IOException(directory + " is not empty");
        }
      }
    }
  }

  /** A person looks at the progress; the log only tells of trouble. */
  private static void quietLog(LoadedConfig loaded) {
    ObservabilitySettings configured = loaded.config().observability();
    Logging.configure(
        new ObservabilitySettings(
            configured.logLevel().equals("info") ? "warn" : configured.logLevel(),
            configured.logFormat(),
            configured.metricsEnabled(),
            configured.tracingEnabled(),
            configured.tracingEndpoint(),
            configured.tracingSampleRatio()),
        loaded.effective().secrets());
  }

  private static LocalTranscode.Listener listener(PrintWriter out, ProgressLine line) {
    return new LocalTranscode.Listener() {
      @Override
      public void probed(MediaProbe probe) {
        out.println(probe.summary());
      }

      @Override
      public void progress(double fraction) {
        line.show(fraction);
      }
    };
  }
}
