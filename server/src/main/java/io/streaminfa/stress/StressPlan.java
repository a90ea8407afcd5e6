package io.streaminfa.stress;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The scenarios by name, and how each is run: warm-up first, then rounds, of which the median. */
public final class StressPlan {
  private static final List<String> NAMES =
      Stream.of(Kind.values()).map(kind -> kind.name).toList();

  private final StressSizes sizes;
  private final long warmUpNanos;
  private final int rounds;
  private final Path directory;

  /**
   * @param warmUpSecs how long each scenario runs before it is measured
   * @param rounds measured
   * @param directory empty, for the database
   */
  public StressPlan(StressSizes sizes, int warmUpSecs, int rounds, Path directory) {
    this.sizes = sizes;
    this.warmUpNanos = warmUpSecs * 1_000_000_000L;
    this.rounds = rounds;
    this.directory = directory;
  }

  private enum Kind {
    CREATION("concurrent_stream_creation"),
    WRITES("storage_write_throughput"),
    PLAYLISTS("hls_manifest_generation"),
    CONTENTION("state_manager_contention"),
    WINDOW("segment_index_window"),
    READS("concurrent_storage_reads"),
    EVENTS("pipeline_event_throughput");

    private final String name;

    Kind(String name) {
      this.name = name;
    }
  }

  /**
   * What a scenario came to.
   *
   * @param operation what was done
   * @param figures of the median round
   */
  public record Result(String name, String operation, Figures figures) {}

  /** In the order in which they are run. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Runs a scenario of {@link #names}.
   *
   * @throws WrongResult when what it left is not what it should be
   * @throws IllegalArgumentException when a size is impossible
   */
  public Result run(String name) throws Exception {
    Kind kind =
        Arrays.stream(Kind.values()).filter(k -> k.name.equals(name)).findFirst().orElseThrow();
    try (Scenario scenario = open(kind)) {
      long start = System.nanoTime();
      while (System.nanoTime() - start < warmUpNanos) {
        scenario.round();
      }
      Figures[] measured = new Figures[rounds];
      for (int i = 0; i < rounds; i++) {
        measured[i] = scenario.round();
      }
      Arrays.sort(measured, Comparator.comparingLong(Figures::totalNanos));
      return new Result(name, scenario.operation(), measured[rounds / 2]);
    }
  }

  private Scenario open(Kind kind) throws Exception {
    return switch (kind) {
      case CREATION -> new StreamCreation(sizes.streams(), directory);
      case WRITES -> new StorageWrites(sizes.segments(), sizes.segmentBytes());
      case PLAYLISTS -> new PlaylistGeneration(sizes.playlists(), sizes.playlistSegments());
      case CONTENTION -> new StateContention(sizes.writers(), sizes.stateReaders());
      case WINDOW -> new WindowSlides(sizes.windowRows(), sizes.window());
      case READS -> new StorageReads(sizes.storageReaders(), sizes.reads());
      case EVENTS -> new PipelineEvents(sizes.events());
    };
  }
}
