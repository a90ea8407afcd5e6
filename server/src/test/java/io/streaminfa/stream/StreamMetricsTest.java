package io.streaminfa.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamMetricsTest {
  @Test
  void theCounterGrowsAndTheGaugeFollows() throws Exception {
    StreamRegistry streams =
        StreamRegistry.open(
            new MemoryStreamStore(), new TestClock(), new StreamDefaults(true, Set.of()));
    PrometheusRegistry prometheus = new PrometheusRegistry();
    StreamMetrics.register(streams, prometheus);
    StreamId id =
        streams.create(new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty())).stream()
            .id();
    streams.markLive(id);
    streams.publisherLost(id);
    assertThat(text(prometheus))
        .contains("streaminfa_streams_total{status=\"pending\"} 1.0")
        .contains("streaminfa_streams_total{status=\"live\"} 1.0")
        .contains("streaminfa_streams_total{status=\"error\"} 0.0")
        .contains("streaminfa_stream_records{status=\"pending\"} 0.0")
        .contains("streaminfa_stream_records{status=\"live\"} 1.0");
  }

  private static String text(PrometheusRegistry prometheus) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ExpositionFormats.init().getPrometheusTextFormatWriter().write(out, prometheus.scrape());
    return out.toString(StandardCharsets.UTF_8);
  }
}
