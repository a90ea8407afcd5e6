package io.streaminfa.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressLineTest {
  private final StringWriter written = new StringWriter();
  private long nowNanos = 5;

  private ProgressLine line(boolean isTerminal) {
    return new ProgressLine(new PrintWriter(written), isTerminal, "encoding", () -> nowNanos);
  }

  private void after(int seconds) {
    nowNanos = 5 + Duration.ofSeconds(seconds).toNanos();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 3, '0 %  '",
    "0.019, 3, '1 %  '",
    "0.02, 2, '2 %  1:38 left'",
    "0.5, 60, '50 %  1:00 left'",
    "0.75, 7200, '75 %  40:00 left'",
    "0.999, 100, '99 %  0:00 left'",
    "1, 61, '100 %  done in 1:01'"
  })
  void sharesAndTimesAreSaid(double fraction, int seconds, String text) {
    ProgressLine line = line(true);
    after(seconds);
    line.show(fraction);
    assertThat(written.toString()).startsWith("\rencoding [").endsWith(text);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.5, 15", "1, 30"})
  void theBarIsAsLongAsTheShare(double fraction, int full) {
    line(true).show(fraction);
    assertThat(written.toString()).contains("[" + "#".repeat(full) + ".".repeat(30 - full) + "]");
  }

  @Test
  void aShorterTextLeavesNothingOfTheOneBefore() {
    ProgressLine line = line(true);
    after(660);
    line.show(0.5);
    line.show(0.6);
    line.end();
    List<String> shown = List.of(written.toString().substring(1).split("\r|\n", -1));
    assertThat(shown.get(0)).endsWith("11:00 left");
    assertThat(shown.get(1)).endsWith("7:20 left ").hasSameSizeAs(shown.get(0));
    assertThat(written.toString()).endsWith(System.lineSeparator());
  }

  @Test
  void withoutATerminalThereIsALineForEachTenth() {
    ProgressLine line = line(false);
    for (int i = 0; i <= 1000; i++) {
      line.show(i / 1000.0);
    }
    line.end();
    List<String> lines = written.toString().lines().toList();
    assertThat(lines).hasSize(10);
    assertThat(lines.getFirst()).contains(" 10 %");
    assertThat(lines.getLast()).contains("100 %");
    assertThat(written.toString()).doesNotContain("\r");
  }

  @Test
  void nothingShownIsNoLineToEnd() {
    line(true).end();
    assertThat(written.toString()).isEmpty();
  }
}
