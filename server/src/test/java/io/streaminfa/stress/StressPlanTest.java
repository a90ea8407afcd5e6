package io.streaminfa.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StressPlanTest {
  private static final StressSizes SMALL =
      new StressSizes(10, 20, 1000, 250, 30, 4, 6, 500, 5, 7, 50, 300);

  @TempDir private Path directory;

  static Stream<String> names() {
    return StressPlan.names().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void eachScenarioFindsWhatItWroteAndCountsWhatItDid(String name) throws Exception {
    StressPlan.Result result = new StressPlan(SMALL, 0, 3, directory).run(name);
    long expected =
        switch (name) {
          case "concurrent_stream_creation" -> 10;
          case "storage_write_throughput" -> 20;
          case "hls_manifest_generation" -> 250;
          case "state_manager_contention" -> 6 * 10_000;
          case "segment_index_window" -> 500;
          case "concurrent_storage_reads" -> 7 * 50;
          case "pipeline_event_throughput" -> 300;
          default -> throw new IllegalArgumentException(name);
        };
    assertThat(result.figures().operations()).isEqualTo(expected);
    assertThat(result.figures().p99Nanos()).isGreaterThanOrEqualTo(result.figures().p50Nanos());
    assertThat(result.figures().allocatedBytes()).isPositive();
  }

  @Test
  void theFiguresAreOfAllThreads() {
    Laps one = new Laps(2);
    one.start();
    one.lap();
    one.lap();
    Laps other = new Laps(5);
    other.start();
    other.lap();
    Figures figures = Figures.of(List.of(one, other), 3_000_000, 600);
    assertThat(figures.operations()).isEqualTo(3);
    assertThat(figures.perSecond()).isEqualTo(1000);
    assertThat(figures.nanosEach()).isEqualTo(1_000_000);
    assertThat(figures.bytesEach()).isEqualTo(200);
  }

  @Test
  void aThreadThatFindsSomethingWrongFailsTheRound() {
    Crowd crowd =
        new Crowd()
            .measured(1, Laps::lap)
            .beside(
                0,
                _ -> {
                  throw new WrongResult("lost");
                });
    assertThatThrownBy(crowd::run).isInstanceOf(WrongResult.class).hasMessage("lost");
  }
}
