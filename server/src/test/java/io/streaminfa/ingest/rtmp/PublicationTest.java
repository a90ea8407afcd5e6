package io.streaminfa.ingest.rtmp;

import static io.streaminfa.ingest.rtmp.Bytes.buffer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.ingest.rtmp.message.Message;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class PublicationTest {
  private final AtomicLong nowNanos = new AtomicLong();

  private final Publication publication =
      new Publication(
          new RecordingPublishHandler.Session("key"),
          RtmpServerFixture.settings(1, RtmpServerFixture.IDLE_TIMEOUT),
          RtmpMetrics.register(new PrometheusRegistry()),
          new EndRequest(),
          nowNanos::get);

  @Test
  void aBitrateAboveTheLimitForTenSecondsEndsIt() {
    ConnectionEnd end = catchThrowableOfType(ConnectionEnd.class, this::publishForAMinute);
    assertThat(end).isNotNull();
    assertThat(end.code()).isEqualTo("bitrate_exceeded");
    assertThat(end.description()).contains("1 kbps");
    assertThat(TimeUnit.NANOSECONDS.toSeconds(nowNanos.get())).isEqualTo(10);
  }

  private void publishForAMinute() throws Exception {
    for (int second = 0; second < 60; second++) {
      nowNanos.set(TimeUnit.SECONDS.toNanos(second));
      publication.audio(
          new Message.Audio(second * 1000L, buffer("2f fffb9064" + "00".repeat(200))));
    }
  }
}
