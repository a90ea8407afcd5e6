package io.streaminfa.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class MeteredObjectStoreTest extends ObjectStoreContract {
  private static final ObjectKey SEGMENT = new ObjectKey("s/high/000001.m4s");

  private final PrometheusRegistry registry = new PrometheusRegistry();

  @Override
  protected ObjectStore create() {
    return new MeteredObjectStore(new MemoryObjectStore(1_000_000), new StorageMetrics(registry));
  }

  private String scrape() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.builder().build().write(out, registry.scrape());
    return out.toString(UTF_8);
  }

  @Test
  void callsBytesAndErrorsAreCounted() throws Exception {
    store.put(SEGMENT, ByteBuffer.allocate(100));
    assertThat(store.get(SEGMENT)).isPresent();
    assertThat(store.getRange(SEGMENT, 10, 5)).isPresent();
    assertThatThrownBy(() -> store.put(SEGMENT, ByteBuffer.allocate(1_000_000)))
        .isInstanceOf(StorageException.class);
    store.deletePrefix("s/");
    assertThat(scrape().lines())
        .contains(
            "streaminfa_storage_put_duration_seconds_count{object_type=\"segment\"} 1",
            "streaminfa_storage_get_duration_seconds_count{object_type=\"segment\"} 2",
            "streaminfa_storage_put_bytes_total 100.0",
            "streaminfa_storage_get_bytes_total 105.0",
            "streaminfa_storage_errors_total{error_type=\"full\",operation=\"put\"} 1.0",
            "streaminfa_storage_segments_deleted_total 1.0");
  }
}
