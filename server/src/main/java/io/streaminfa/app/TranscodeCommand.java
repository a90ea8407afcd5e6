package io.streaminfa.app;

import io.streaminfa.cli.Call;
import io.streaminfa.cli.Command;
import io.streaminfa.cli.ExitCode;
import io.streaminfa.cli.Option;
import io.streaminfa.cli.Parameter;
import io.streaminfa.config.ConfigException;
import io.streaminfa.config.LoadedConfig;
import io.streaminfa.observability.Logging;
import io.streaminfa.observability.ObservabilitySettings;
import io.streaminfa.transcode.MediaProbe;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Makes HLS out of a file, without a server. */
final class TranscodeCommand implements Command {
  private static final Parameter FILE = new Parameter("FILE", "a video file of any usual kind");

  private static final Option OUT =
      Option.value(
              "out", "DIR", "where master.m3u8 and all else goes; made when missing, must be empty")
          .required();

  @Override
  public String name() {
    return "transcode";
  }

  @Override
  public String description() {
    return "Make adaptive HLS out of a file, in a folder, without a server.";
  }

  @Override
  public List<Option> options() {
    return List.of(SettingsOption.CONFIG, OUT);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(FILE);
  }

  @Override
  public int run(Call call) {
    PrintWriter out = call.out();
    PrintWriter err = call.err();
    Path file = Path.of(call.argument(0));
    Path directory = Path.of(call.required(OUT));
    LoadedConfig loaded;
    try {
      loaded = SettingsOption.load(call);
      requireUsable(file, directory);
    } catch (ConfigException | IOException e) {
      err.println(e.getMessage());
      return ExitCode.USAGE;
    }
    quietLog(loaded);
    ProgressLine line = new ProgressLine(out, SettingsOption.isReadByAPerson(), "encoding");
    try (var _ = TidyStop.ofThisThread()) {
      new LocalTranscode(loaded.config()).run(file, directory, listener(out, line));
      line.end();
      out.println(directory.resolve("master.m3u8"));
      return ExitCode.OK;
    } catch (LocalTranscode.Failed | IOException e) {
      line.end();
      err.println(e.getMessage());
      return ExitCode.FAILURE;
    } catch (InterruptedException e) {
      line.end();
      err.println("stopped; " + directory + " is as it was");
      return ExitCode.FAILURE;
    }
  }

  private static void requireUsable(Path file, Path directory) throws IOException {
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
