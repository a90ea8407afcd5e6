package io.streaminfa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class VodPaceTest {
  private final VodPace pace = new VodPace();

  private void reached(double atSeconds, double fraction) {
    pace.reached((long) (atSeconds * TimeUnit.SECONDS.toNanos(1)), fraction);
  }

  private double remainingSeconds() {
    return pace.remaining().orElseThrow().toMillis() / 1000.0;
  }

  @Test
  void nothingIsSaidBeforeTwoSecondsOfWork() {
    assertThat(pace.remaining()).isEmpty();
    reached(100, 0);
    assertThat(pace.remaining()).isEmpty();
    reached(101.9, 0.1);
    assertThat(pace.remaining()).isEmpty();
    reached(102, 0.1);
    assertThat(remainingSeconds()).isCloseTo(18, within(0.01));
  }

  @Test
  void nothingIsSaidWhileNothingMoves() {
    reached(0, 0.4);
    reached(10, 0.4);
    assertThat(pace.remaining()).isEmpty();
  }

  @Test
  void whatAnEarlierProcessDidIsNoWorkOfThisOne() {
    reached(0, 0.5);
    reached(10, 0.6);
    assertThat(remainingSeconds()).isCloseTo(40, within(0.01));
  }

  @Test
  void onlyTheLastMinuteCounts() {
    for (int second = 0; second <= 100; second++) {
      reached(second, second * 0.001);
    }
    assertThat(remainingSeconds()).isCloseTo(900, within(1.0));
    for (int second = 101; second <= 170; second++) {
      reached(second, 0.1 + (second - 100) * 0.01);
    }
    assertThat(remainingSeconds()).isCloseTo(20, within(0.2));
  }

  @Test
  void manyReportsAreNotAllKept() {
    for (int i = 0; i <= 10_000; i++) {
      reached(i * 0.01, i * 0.0001);
    }
    reached(100.01, 1);
    assertThat(remainingSeconds()).isZero();
  }

  @Test
  void whatWouldTakeAMonthIsNotSaid() {
    reached(0, 0);
    reached(60, 1e-9);
    assertThat(pace.remaining()).isEmpty();
  }
}
