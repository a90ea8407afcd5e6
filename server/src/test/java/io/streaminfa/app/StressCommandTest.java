package io.streaminfa.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class StressCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  @Test
  void oneScenarioIsRunAndShownInATable() {
    assertThat(run("stress", "segment_index_window", "--window-segments=100", "--warm-up-secs=1"))
        .isZero();
    assertThat(out.toString())
        .contains("warms up for 1 s and then runs 5 times", "[stress::segment_index_window] 100")
        .contains("per second", "p99", "bytes each")
        .doesNotContain("storage_write_throughput");
  }

  @Test
  void theFiguresAreToBeHadAsJson() {
    assertThat(
            run(
                "stress",
                "pipeline_event_throughput",
                "--events=100",
                "--warm-up-secs=1",
                "--json"))
        .isZero();
    assertThat(out.toString()).startsWith("[").contains("\"operations\" : 100");
  }

  @Test
  void aScenarioThatIsNoneIsNamed() {
    assertThat(run("stress", "storage")).isEqualTo(2);
    assertThat(err.toString()).contains("no scenario storage; there are concurrent_stream_");
  }

  @Test
  void aSizeThatCannotBeIsWrongUsage() {
    assertThat(run("stress", "segment_index_window", "--window=2")).isEqualTo(2);
    assertThat(err.toString()).contains("a live window has at least 3 segments");
  }
}
