package io.streaminfa.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadPaceTest {
  private static final Duration INTERVAL = Duration.ofMillis(30);

  private final ReadPace pace = new ReadPace();

  @Test
  void withoutAnIntervalNothingWaits() {
    pace.hasRead(false);

    assertThat(waited()).isLessThan(INTERVAL);
  }

  @Test
  void aReadSoonAfterTheLastOneWaitsForItsTurn() {
    pace.set(INTERVAL);
    pace.hasRead(false);

    assertThat(waited()).isGreaterThan(INTERVAL.dividedBy(2));
  }

  @Test
  void aReadThatFilledItsBufferIsFollowedAtOnce() {
    pace.set(INTERVAL);
    pace.hasRead(true);

    assertThat(waited()).isLessThan(INTERVAL);
  }

  @Test
  void anInterruptEndsTheWaitAndStays() {
    pace.set(Duration.ofDays(1));
    pace.hasRead(false);
    Thread.currentThread().interrupt();

    pace.awaitDue();

    assertThat(Thread.interrupted()).isTrue();
  }

  private Duration waited() {
    long beganNanos = System.nanoTime();
    pace.awaitDue();
    return Duration.ofNanos(System.nanoTime() - beganNanos);
  }
}
