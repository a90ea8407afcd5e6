package io.streaminfa.bench;

import io.streaminfa.units.Resolution;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line: {@code bench/run SCENARIO}. */
@Command(
    name = "bench/run",
    description = "Measures StreamInfa, side by side where there is something to stand beside.",
    mixinStandardHelpOptions = true,
    version = "0.1.0")
@SuppressWarnings("NullAway.Init") // picocli sets the fields.
public final class Bench implements Callable<Integer> {
  /** The names that are typed. */
  enum Scenario {
    TRANSCODE,
    FILES,
    CORES,
    UPLOAD,
    SERVER_CPU,
    IDLE,
    LATENCY,
    MICRO,
    ALL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final int NOISY_MACHINE = 3;
  private static final Resolution FULL_HD = new Resolution(1920, 1080);
  private static final Resolution HD = new Resolution(1280, 720);

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "SCENARIO", description = "${COMPLETION-CANDIDATES}")
  private Scenario scenario;

  @Option(
      names = "--strict",
      description = "Measure nothing (exit code 3) when the machine is not quiet.")
  private boolean strict;

  @Option(
      names = "--short",
      description = "One short run of each, which shows that it works and measures nothing.")
  private boolean quick;

  @Option(
      names = "--pairs",
      description =
          "Alternating runs of transcode, files and cores, and runs of upload;"
              + " default ${DEFAULT-VALUE}.")
  private int pairs = 5;

  @Option(
      names = "--seconds",
      description = "Of the film of files and cores, default 60, and of upload, default 600.")
  private @Nullable Integer seconds;

  @Option(
      names = "--size",
      paramLabel = "WIDTHxHEIGHT",
      description = "Of the same films; default 1920x1080, and 1280x720 of upload.")
  private @Nullable String size;

  @Option(names = "--streams", description = "Of server-cpu; default ${DEFAULT-VALUE}.")
  private int streams = 4;

  @Option(
      names = "--rung-kbps",
      description = "Of the one rung of server-cpu; default ${DEFAULT-VALUE}.")
  private int rungKbps = 6000;

  @Option(
      names = "--warm-up-secs",
      description = "Of server-cpu, before it counts; default ${DEFAULT-VALUE}.")
  private int warmUpSeconds = 120;

  @Option(names = "--filter", description = "Of micro: a regular expression.")
  private String filter = ".*";

  Bench() {}

  /** Ends the process with 0, 1 after a failure, 2 for wrong usage, 3 on a machine with load. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    boolean quiet = Machine.describe(out);
    if (strict && !quiet) {
      return NOISY_MACHINE;
    }
    Home home = Home.find();
    switch (scenario) {
      case TRANSCODE -> transcode(home, out);
      case FILES -> files(home, out);
      case CORES -> cores(home, out);
      case UPLOAD -> upload(home, out);
      case SERVER_CPU -> serverCpu(home, out);
      case IDLE -> idle(home, out);
      case LATENCY -> latency(home, out);
      case MICRO -> MicroScenario.run(filter, quick);
      case ALL -> {
        idle(home, out);
        transcode(home, out);
        files(home, out);
        cores(home, out);
        upload(home, out);
        serverCpu(home, out);
        latency(home, out);
        MicroScenario.run(filter, quick);
      }
    }
    return 0;
  }

  private void transcode(Home home, PrintWriter out) throws Exception {
    new TranscodeScenario(home, out)
        .run(
            quick
                ? new TranscodeScenario.Options(1, 1, 5)
                : new TranscodeScenario.Options(pairs, 1, 30));
  }

  private void files(Home home, PrintWriter out) throws IOException, InterruptedException {
    new FilesScenario(home, out)
        .run(
            quick
                ? new FilesScenario.Options(1, HD, 12)
                : new FilesScenario.Options(pairs, sizeOr(FULL_HD), secondsOr(60)));
  }

  private void cores(Home home, PrintWriter out) throws IOException, InterruptedException {
    new CoresScenario(home, out)
        .run(
            quick
                ? new CoresScenario.Options(1, HD, 24)
                : new CoresScenario.Options(pairs, sizeOr(FULL_HD), secondsOr(60)));
  }

  private void upload(Home home, PrintWriter out) throws IOException, InterruptedException {
    new UploadScenario(home, out)
        .run(
            quick
                ? new UploadScenario.Options(1, HD, 12)
                : new UploadScenario.Options(pairs, sizeOr(HD), secondsOr(600)));
  }

  private int secondsOr(int usual) {
    Integer given = seconds;
    return given == null ? usual : given;
  }

  private Resolution sizeOr(Resolution usual) {
    String given = size;
    if (given == null) {
      return usual;
    }
    String[] edges = given.split("x", 2);
    if (edges.length != 2 || !edges[0].matches("\\d{1,5}") || !edges[1].matches("\\d{1,5}")) {
      throw new ParameterException(spec.commandLine(), "--size is like 1280x720, not " + given);
    }
    return new Resolution(Integer.parseInt(edges[0]), Integer.parseInt(edges[1]));
  }

  private void serverCpu(Home home, PrintWriter out) throws IOException, InterruptedException {
    new ServerCpuScenario(home, out)
        .run(
            quick
                ? new ServerCpuScenario.Options(1, 1, 8, 12, rungKbps)
                : new ServerCpuScenario.Options(3, streams, warmUpSeconds, 60, rungKbps));
  }

  private void idle(Home home, PrintWriter out) throws IOException {
    new IdleScenario(home, out)
        .run(quick ? new IdleScenario.Options(1, 3) : new IdleScenario.Options(7, 10));
  }

  private void latency(Home home, PrintWriter out) throws IOException, InterruptedException {
    new LatencyScenario(home, out)
        .run(quick ? new LatencyScenario.Options(1) : new LatencyScenario.Options(5));
  }
}
