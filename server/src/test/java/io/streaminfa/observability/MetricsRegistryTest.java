package io.streaminfa.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MetricsRegistryTest {
  private final MetricsRegistry metrics = new MetricsRegistry();

  private String text() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.builder().build().write(out, metrics.registry().scrape());
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theProcessIsMeasured() throws IOException {
    assertThat(text())
        .containsPattern("(?m)^streaminfa_uptime_seconds \\d")
        .containsPattern("(?m)^streaminfa_uncaught_exceptions_total 0")
        .containsPattern("(?m)^streaminfa_shutdown_in_progress 0")
        .containsPattern("(?m)^jvm_memory_used_bytes\\{area=\"heap\"} ")
        .containsPattern("(?m)^process_cpu_seconds_total ");
  }

  @Test
  void whatHappensIsCounted() throws IOException {
    metrics.countUncaughtException();
    metrics.markShutdown();
    assertThat(text())
        .containsPattern("(?m)^streaminfa_uncaught_exceptions_total 1")
        .containsPattern("(?m)^streaminfa_shutdown_in_progress 1");
  }
}
