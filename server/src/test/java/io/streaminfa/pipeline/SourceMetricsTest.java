package io.streaminfa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prometheus.metrics.core.metrics.Counter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SourceMetricsTest {
  private final Counter frames = Counter.builder().name("frames").labelNames("track").build();
  private long nowNanos;
  private final SourceMetrics source =
      new SourceMetrics(frames.labelValues("video"), frames.labelValues("audio"), () -> nowNanos);

  @Test
  void theBitrateIsThatOfTheLastWholeSecond() {
    send(2_000, 100, 20);

    assertThat(source.bitsPerSecond()).isCloseTo(40_000, within(1_000.0));
  }

  @Test
  void aPublisherThatFallsSilentIsSeenAtTheNextLook() {
    send(2_000, 100, 20);
    nowNanos += TimeUnit.SECONDS.toNanos(30);

    assertThat(source.bitsPerSecond()).isLessThan(1_000);
  }

  @Test
  void eachTrackCountsItsFrames() {
    source.received(true, 10);
    source.received(true, 10);
    source.received(false, 10);

    assertThat(frames.labelValues("video").get()).isEqualTo(2);
    assertThat(frames.labelValues("audio").get()).isEqualTo(1);
  }

  private void send(int durationMs, int bytes, int everyMs) {
    for (int ms = 0; ms < durationMs; ms += everyMs) {
      nowNanos += TimeUnit.MILLISECONDS.toNanos(everyMs);
      source.received(true, bytes);
    }
  }
}
