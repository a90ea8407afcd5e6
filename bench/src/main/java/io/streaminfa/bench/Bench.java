package io.streaminfa.bench;

import io.streaminfa.cli.Call;
import io.streaminfa.cli.Command;
import io.streaminfa.cli.CommandRunner;
import io.streaminfa.cli.ExitCode;
import io.streaminfa.cli.Option;
import io.streaminfa.cli.Parameter;
import io.streaminfa.cli.UsageException;
import io.streaminfa.units.Resolution;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command line: {@code bench/run SCENARIO}. */
public final class Bench implements Command {
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

    private String typed() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String names() {
      return Stream.of(values()).map(Scenario::typed).collect(Collectors.joining(", "));
    }

    static Scenario parse(String typed) throws UsageException {
      return Stream.of(values())
          .filter(scenario -> scenario.typed().equalsIgnoreCase(typed))
          .findAny()
          .orElseThrow(() -> new UsageException("no scenario " + typed + "; there are " + names()));
    }
  }

  private static final int NOISY_MACHINE = 3;

  private static final Option STRICT =
      Option.flag("strict", "Measure nothing (exit code 3) when the machine is not quiet.");
  private static final Option SHORT =
      Option.flag(
          "short", "One short run of each, which shows that it works and measures nothing.");
  private static final Option PAIRS =
      Option.value("pairs", "N", "Alternating runs of transcode, files and storage; default 5.");
  private static final Option STREAMS = Option.value("streams", "N", "Of server-cpu; default 4.");
  private static final Option RUNG_KBPS =
      Option.value("rung-kbps", "N", "Of the one rung of server-cpu; default 6000.");
  private static final Option WARM_UP_SECONDS =
      Option.value("warm-up-secs", "N", "Of server-cpu, before it counts; default 120.");
  private static final Option FILTER =
      Option.value("filter", "REGEX", "Of micro: a regular expression.");

  private Bench() {}

  /** Ends the process with 0, 1 after a failure, 2 for wrong usage, 3 on a machine with load. */
  public static void main(String[] args) {
    System.exit(
        new CommandRunner("bench/run", new Bench(), () -> List.of("0.1.0"))
            .run(
                List.of(args),
                new PrintWriter(System.out, true, System.out.charset()),
                new PrintWriter(System.err, true, System.err.charset())));
  }

  @Override
  public String name() {
    return "bench/run";
  }

  @Override
  public String description() {
    return "Measures StreamInfa, side by side where there is something to stand beside.";
  }

  @Override
  public List<Option> options() {
    return List.of(STRICT, SHORT, PAIRS, STREAMS, RUNG_KBPS, WARM_UP_SECONDS, FILTER);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(new Parameter("SCENARIO", Scenario.names()));
  }

  @Override
  public int run(Call call) throws Exception {
    Scenario scenario = Scenario.parse(call.argument(0));
    Plan plan =
        new Plan(
            call.has(SHORT),
            call.number(PAIRS, 5),
            call.number(STREAMS, 4),
            call.number(RUNG_KBPS, 6000),
            call.number(WARM_UP_SECONDS, 120),
            call.value(FILTER).orElse(".*"));
    PrintWriter out = call.out();
    boolean quiet = Machine.describe(out);
    if (call.has(STRICT) && !quiet) {
      return NOISY_MACHINE;
    }
    plan.run(scenario, Home.find(), out);
    return ExitCode.OK;
  }

  /** What was asked for. */
  private record Plan(
      boolean quick, int pairs, int streams, int rungKbps, int warmUpSeconds, String filter) {
    void run(Scenario scenario, Home home, PrintWriter out) throws Exception {
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
          .run(
              quick
                  ? new StorageScenario.Options(1, 50)
                  : new StorageScenario.Options(pairs, 1000));
    }
  }
}
