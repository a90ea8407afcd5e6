package io.streaminfa.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streaminfa.cli.Call;
import io.streaminfa.cli.Command;
import io.streaminfa.cli.ExitCode;
import io.streaminfa.cli.Option;
import io.streaminfa.cli.Parameter;
import io.streaminfa.cli.UsageException;
import io.streaminfa.stress.Figures;
import io.streaminfa.stress.StressPlan;
import io.streaminfa.stress.StressSizes;
import io.streaminfa.stress.WrongResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Loads the server's own classes, one kind of work at a time, and says what they do. */
final class StressCommand implements Command {
  private static final StressSizes SIZES = StressSizes.DEFAULT;

  private static final Parameter SCENARIO =
      Parameter.optional("SCENARIO", "one of " + String.join(", ", StressPlan.names()) + "; all");

  private static final Option STREAMS = size("streams", "made at once", SIZES.streams());
  private static final Option SEGMENTS = size("segments", "stored in memory", SIZES.segments());
  private static final Option SEGMENT_BYTES =
      size("segment-bytes", "of each", SIZES.segmentBytes());
  private static final Option PLAYLISTS = size("playlists", "rendered", SIZES.playlists());
  private static final Option PLAYLIST_SEGMENTS =
      size("playlist-segments", "in each playlist", SIZES.playlistSegments());
  private static final Option WRITERS = size("writers", "of the registry", SIZES.writers());
  private static final Option STATE_READERS =
      size("state-readers", "of the registry", SIZES.stateReaders());
  private static final Option WINDOW_SEGMENTS =
      size("window-segments", "through the live window", SIZES.windowRows());
  private static final Option WINDOW = size("window", "segments in it", SIZES.window());
  private static final Option STORAGE_READERS =
      size("storage-readers", "of the memory store", SIZES.storageReaders());
  private static final Option READS = size("reads", "of each of them", SIZES.reads());
  private static final Option EVENTS = size("events", "saved and told", SIZES.events());
  private static final Option WARM_UP =
      size("warm-up-secs", "of each scenario before it is measured", 3);
  private static final Option ROUNDS = size("rounds", "measured, of which the median", 5);
  private static final Option DIRECTORY =
      Option.value("dir", "DIR", "where the database is made for a while; the temporary folder");
  private static final Option JSON = Option.flag("json", "print one JSON document instead");

  private static Option size(String name, String description, int defaultValue) {
    return Option.value(name, "N", description + "; " + defaultValue);
  }

  @Override
  public String name() {
    return "stress";
  }

  @Override
  public String description() {
    return "Load the server's own classes with seven scenarios, and check and time them.";
  }

  @Override
  public List<Option> options() {
    return List.of(
        STREAMS,
        SEGMENTS,
        SEGMENT_BYTES,
        PLAYLISTS,
        PLAYLIST_SEGMENTS,
        WRITERS,
        STATE_READERS,
        WINDOW_SEGMENTS,
        WINDOW,
        STORAGE_READERS,
        READS,
        EVENTS,
        WARM_UP,
        ROUNDS,
        DIRECTORY,
        JSON);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(SCENARIO);
  }

  @Override
  public int run(Call call) throws Exception {
    List<String> names = call.optionalArgument(0).map(List::of).orElseGet(StressPlan::names);
    if (!StressPlan.names().containsAll(names)) {
      throw new UsageException(
          "no scenario "
              + names.getFirst()
              + "; there are "
              + String.join(", ", StressPlan.names()));
    }
    StressSizes sizes = sizes(call);
    int warmUpSecs = call.number(WARM_UP, 3);
    int rounds = call.number(ROUNDS, 5);
    Path directory = temporary(call.value(DIRECTORY).map(Path::of));
    try {
      PrintWriter out = call.out();
      if (!call.has(JSON)) {
        out.printf(
            Locale.ROOT,
            "Each scenario warms up for %d s and then runs %d times; the figures are the median"
                + " run's.%n%d cores, Java %s, the database on %s.%n%n",
            warmUpSecs,
            rounds,
            Runtime.getRuntime().availableProcessors(),
            Runtime.version(),
            Files.getFileStore(directory).type());
      }
      StressPlan plan = new StressPlan(sizes, warmUpSecs, rounds, directory);
      return runAll(names, plan, call);
    } finally {
      delete(directory);
    }
  }

  private static int runAll(List<String> names, StressPlan plan, Call call) throws Exception {
    List<StressPlan.Result> results = new ArrayList<>();
    int exitCode = ExitCode.OK;
    for (String name : names) {
      try {
        StressPlan.Result result = plan.run(name);
        results.add(result);
        if (!call.has(JSON)) {
          call.out().println(line(result));
        }
      } catch (WrongResult e) {
        call.err().println("[stress::" + name + "] WRONG: " + e.getMessage());
        exitCode = ExitCode.FAILURE;
      } catch (IllegalArgumentException e) {
        throw new UsageException(String.valueOf(e.getMessage()));
      }
    }
    call.out().print(call.has(JSON) ? json(results) + "\n" : table(results));
    call.out().flush();
    return exitCode;
  }

  private static StressSizes sizes(Call call) throws UsageException {
    return new StressSizes(
        call.number(STREAMS, SIZES.streams()),
        call.number(SEGMENTS, SIZES.segments()),
        call.number(SEGMENT_BYTES, SIZES.segmentBytes()),
        call.number(PLAYLISTS, SIZES.playlists()),
        call.number(PLAYLIST_SEGMENTS, SIZES.playlistSegments()),
        call.number(WRITERS, SIZES.writers()),
        call.number(STATE_READERS, SIZES.stateReaders()),
        call.number(WINDOW_SEGMENTS, SIZES.windowRows()),
        call.number(WINDOW, SIZES.window()),
        call.number(STORAGE_READERS, SIZES.storageReaders()),
        call.number(READS, SIZES.reads()),
        call.number(EVENTS, SIZES.events()));
  }

  private static Path temporary(Optional<Path> parent) throws IOException {
    String prefix = "streaminfa-stress-";
    return parent.isPresent()
        ? Files.createTempDirectory(parent.get(), prefix)
        : Files.createTempDirectory(prefix);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static String line(StressPlan.Result result) {
    Figures figures = result.figures();
    return String.format(
        Locale.ROOT,
        "[stress::%s] %,d times %s in %s (%,.0f a second, %s each)",
        result.name(),
        figures.operations(),
        result.operation(),
        time((double) figures.totalNanos()),
        figures.perSecond(),
        time(figures.nanosEach()));
  }

  private static String table(List<StressPlan.Result> results) {
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            Locale.ROOT,
            "%n%-27s %10s %10s %13s %9s %9s %9s %11s%n",
            "scenario",
            "operations",
            "total",
            "per second",
            "each",
            "p50",
            "p99",
            "bytes each"));
    for (StressPlan.Result result : results) {
      Figures figures = result.figures();
      table.append(
          String.format(
              Locale.ROOT,
              "%-27s %,10d %10s %,13.0f %9s %9s %9s %,11.0f%n",
              result.name(),
              figures.operations(),
              time((double) figures.totalNanos()),
              figures.perSecond(),
              time(figures.nanosEach()),
              time((double) figures.p50Nanos()),
              time((double) figures.p99Nanos()),
              figures.bytesEach()));
    }
    return table.toString();
  }

  private static String time(double nanos) {
    if (nanos < 1e4) {
      return String.format(Locale.ROOT, "%.0f ns", nanos);
    }
    return nanos < 1e7
        ? String.format(Locale.ROOT, "%.1f us", nanos / 1e3)
        : String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
  }

  private static String json(List<StressPlan.Result> results) {
    ArrayNode all = new ObjectMapper().createArrayNode();
    for (StressPlan.Result result : results) {
      Figures figures = result.figures();
      ObjectNode one = all.addObject();
      one.put("scenario", result.name());
      one.put("operation", result.operation());
      one.put("operations", figures.operations());
      one.put("total_ns", figures.totalNanos());
      one.put("per_second", figures.perSecond());
      one.put("ns_each", figures.nanosEach());
      one.put("p50_ns", figures.p50Nanos());
      one.put("p99_ns", figures.p99Nanos());
      one.put("allocated_bytes_each", figures.bytesEach());
    }
    return all.toPrettyString();
  }
}
