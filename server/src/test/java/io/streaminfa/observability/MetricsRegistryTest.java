package io.streaminfa.observability;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MetricsRegistryTest {
  private final MetricsRegistry metrics = new MetricsRegistry();

  private String text() {
    return StandardCharsets.UTF_8.decode(metrics.scrape(null).body()).toString();
  }

  @Test
  void theProcessIsMeasured() {
    assertThat(text())
        .containsPattern("(?m)^streaminfa_uptime_seconds \\d")
        .containsPattern("(?m)^streaminfa_uncaught_exceptions_total 0")
        .containsPattern("(?m)^streaminfa_shutdown_in_progress 0")
        .containsPattern("(?m)^jvm_memory_used_bytes\\{area=\"heap\"} ")
        .containsPattern("(?m)^process_cpu_seconds_total ");
  }

  @Test
  void whatHappensIsCounted() {
    metrics.countUncaughtException();
    metrics.markShutdown();
    assertThat(text())
        .containsPattern("(?m)^streaminfa_uncaught_exceptions_total 1")
        .containsPattern("(?m)^streaminfa_shutdown_in_progress 1");
  }

  @Test
  void theFormatIsPrometheusTextOrWhatIsAskedFor() {
    assertThat(metrics.scrape(null).contentType()).startsWith("text/plain; version=0.0.4");
    assertThat(metrics.scrape("application/openmetrics-text; version=1.0.0").contentType())
        .startsWith("application/openmetrics-text");
  }
}
