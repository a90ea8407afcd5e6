package io.streaminfa.bench;

import io.streaminfa.units.Resolution;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
    SERVER_CPU,
    IDLE,
    LATENCY,
    STORAGE,
    MICRO,
    ALL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final int NOISY_MACHINE = 3;

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
      description = "Alternating runs of transcode, files and storage; default ${DEFAULT-VALUE}.")
  private int pairs = 5;

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
      case SERVER_CPU -> serverCpu(home, out);
      case IDLE -> idle(home, out);
      case LATENCY -> latency(home, out);
      case STORAGE -> storage(home, out);
      case MICRO -> MicroScenario.run(filter, quick);
      case ALL -> {
        idle(home, out);
        transcode(home, out);
        files(home, out);
        serverCpu(home, out);
        latency(home, out);
        storage(home, out);
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
                ? new FilesScenario.Options(1, new Resolution(1280, 720), 12)
                : new FilesScenario.Options(pairs, new Resolution(1920, 1080), 60));
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

  private void storage(Home home, PrintWriter out) throws Exception {
    new StorageScenario(home, out)
        .run(quick ? new StorageScenario.Options(1, 50) : new StorageScenario.Options(pairs, 1000));
  }
}
