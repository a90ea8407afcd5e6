package io.streaminfa.transcode.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.units.FrameRate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameClockTest {
  private static final int PROBED = 6;

  /** The time of picture n, as a publisher that rounds (or cuts) to milliseconds sends it. */
  private static long sourceTicks(int n, FrameRate rate, long startMs, boolean rounds) {
    double ms = startMs + n * 1000.0 * rate.denominator() / rate.numerator();
    return 90L * (long) (rounds ? Math.rint(ms) : Math.floor(ms + 1e-9));
  }

  private static @Nullable FrameGrid probe(long[] times, @Nullable FrameRate hint) {
    return FrameGrid.fit(times, PROBED, hint);
  }

  private static FrameRate rate(long[] times, FrameRate hint) {
    return Objects.requireNonNull(probe(times, hint)).rate();
  }

  private static List<Long> durations(long[] source, @Nullable FrameRate hint) {
    FrameClock clock = new FrameClock(probe(source, hint));
    List<Long> durations = new ArrayList<>();
    long previous = clock.next(source[0]);
    for (int i = 1; i < source.length; i++) {
      long next = clock.next(source[i]);
      assertThat(Math.abs(next - source[i]))
          .as("picture " + i)
          .isLessThanOrEqualTo(FrameClock.TOLERANCE_TICKS);
      durations.add(next - previous);
      previous = next;
    }
    return durations;
  }

  @ParameterizedTest
  @CsvSource({
    "30, 1, 3000, 3000",
    "25, 1, 3600, 3600",
    "50, 1, 1800, 1800",
    "60, 1, 1500, 1500",
    "24, 1, 3750, 3750",
    "30000, 1001, 3003, 3003",
    "60000, 1001, 1501, 1502",
    "24000, 1001, 3753, 3754",
    "120, 1, 750, 750",
    "25, 2, 7200, 7200"
  })
  void aConstantRateComesOutExact(int numerator, int denominator, long least, long most) {
    FrameRate rate = new FrameRate(numerator, denominator);
    for (boolean rounds : new boolean[] {true, false}) {
      for (long startMs : new long[] {0, 67, 1234}) {
        long[] source = new long[20_000];
        for (int i = 0; i < source.length; i++) {
          source[i] = sourceTicks(i, rate, startMs, rounds);
        }
        assertThat(durations(source, rate)).allMatch(d -> d >= least && d <= most);
      }
    }
  }

  @Test
  void aRateThatTheStreamDoesNotNameIsFoundAndNeverDriftsAway() {
    long[] source = new long[20_000];
    for (int i = 0; i < source.length; i++) {
      source[i] = sourceTicks(i, new FrameRate(30_000, 1001), 0, true);
    }
    List<Long> durations = durations(source, null);
    assertThat(durations.subList(300, durations.size())).containsOnly(3003L);
  }

  @Test
  void aLostPictureLeavesAGapOfItsDuration() {
    FrameRate rate = new FrameRate(30_000, 1001);
    long[] source = new long[200];
    for (int i = 0; i < source.length; i++) {
      source[i] = sourceTicks(i < 100 ? i : i + 3, rate, 0, true);
    }
    assertThat(durations(source, rate)).containsOnly(3003L, 4 * 3003L);
  }

  @Test
  void aVariableRateKeepsTheSourcesTimes() {
    Random random = new Random(1);
    FrameClock clock = new FrameClock(null);
    long ms = 0;
    for (int i = 0; i < 5000; i++) {
      ms += 15 + random.nextInt(60);
      assertThat(clock.next(ms * 90)).isEqualTo(ms * 90);
    }
  }

  @Test
  void aChangeOfRateIsFollowedWithinARoundingError() {
    long[] source = new long[2000];
    for (int i = 0; i < source.length; i++) {
      source[i] =
          i < 1000
              ? sourceTicks(i, new FrameRate(30, 1), 0, true)
              : sourceTicks(i - 1000, new FrameRate(25, 1), 33_333, true);
    }
    List<Long> durations = durations(source, new FrameRate(30, 1));
    assertThat(durations.subList(1200, durations.size())).containsOnly(3600L);
  }

  @Test
  void equalAndFallingTimesStillRise() {
    FrameClock clock = new FrameClock(null);
    long last = Long.MIN_VALUE;
    for (long ms : new long[] {0, 40, 40, 39, 80, 120, 100, 160}) {
      long next = clock.next(ms * 90);
      assertThat(next).isGreaterThan(last);
      last = next;
    }
  }

  @Test
  void aClaimThatTheTimesContradictIsNotBelieved() {
    long[] source = new long[PROBED];
    for (int i = 0; i < PROBED; i++) {
      source[i] = sourceTicks(i, new FrameRate(30, 1), 0, true);
    }
    assertThat(rate(source, new FrameRate(60, 1))).isEqualTo(new FrameRate(30, 1));
    assertThat(rate(source, new FrameRate(25, 1))).isEqualTo(new FrameRate(30, 1));
    assertThat(rate(source, new FrameRate(30_000, 1001))).isEqualTo(new FrameRate(30_000, 1001));
  }
}
