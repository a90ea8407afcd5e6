package io.streaminfa.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.units.Bitrate;
import org.junit.jupiter.api.Test;

final class BitrateLimitTest {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long BEGIN_NANOS = -7 * SECOND_NANOS;

  /** One kilobit is 125 bytes. */
  private final BitrateLimit limit = new BitrateLimit(Bitrate.ofKbps(1), BEGIN_NANOS);

  @Test
  void theLimitItselfIsAllowed() {
    assertThat(secondsUntilExceeded(125, 60)).isEqualTo(60);
  }

  @Test
  void aboveItTheTenthSecondIsTheLast() {
    assertThat(secondsUntilExceeded(126, 60)).isEqualTo(10);
  }

  @Test
  void aBurstAfterSilenceIsAllowed() {
    assertThat(limit.exceededBy(1, BEGIN_NANOS)).isFalse();
    assertThat(limit.exceededBy(1200, BEGIN_NANOS + 3600 * SECOND_NANOS)).isFalse();
    assertThat(limit.exceededBy(1, BEGIN_NANOS + 3601 * SECOND_NANOS)).isFalse();
    assertThat(limit.exceededBy(1, BEGIN_NANOS + 3612 * SECOND_NANOS)).isFalse();
  }

  @Test
  void itTakesNoMoreThanTenSecondsOfTooMuchAfterAnyTimeOfLittle() {
    for (int second = 0; second < 100; second++) {
      assertThat(limit.exceededBy(10, BEGIN_NANOS + second * SECOND_NANOS)).isFalse();
    }
    int second = 100;
    while (!limit.exceededBy(250, BEGIN_NANOS + second * SECOND_NANOS)) {
      second++;
    }
    assertThat(second).isBetween(103, 110);
  }

  private int secondsUntilExceeded(int bytesPerSecond, int most) {
    for (int second = 0; second < most; second++) {
      if (limit.exceededBy(bytesPerSecond, BEGIN_NANOS + second * SECOND_NANOS)) {
        return second;
      }
    }
    return most;
  }
}
