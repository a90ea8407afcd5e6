package io.streaminfa.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.units.FrameRate;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class VodGridTest {
  private static VodGrid grid(int numerator, int denominator) {
    return VodGrid.of(Duration.ofSeconds(6), new FrameRate(numerator, denominator));
  }

  @ParameterizedTest
  @CsvSource({
    // rate, start of the segments 0, 1, 7 and 600: at 0 s, 6 s, 42 s and 1 h or just behind
    "24000, 1001, 0, 540540, 3780026, 324001178",
    "25, 1, 0, 540000, 3780000, 324000000",
    "30000, 1001, 0, 540540, 3780777, 324002679",
    "30, 1, 0, 540000, 3780000, 324000000",
    "50, 1, 0, 540000, 3780000, 324000000",
    "60000, 1001, 0, 540540, 3780777, 324001178"
  })
  void aSegmentBeginsAtTheFirstPictureInItsStep(
      int numerator, int denominator, long first, long second, long eighth, long anHour) {
    VodGrid grid = grid(numerator, denominator);
    assertThat(grid.startTicks(0)).isEqualTo(first);
    assertThat(grid.startTicks(1)).isEqualTo(second);
    assertThat(grid.startTicks(7)).isEqualTo(eighth);
    assertThat(grid.startTicks(600)).isEqualTo(anHour);
  }

  @ParameterizedTest
  @CsvSource({"24000, 1001", "25, 1", "30000, 1001", "30, 1", "50, 1", "60000, 1001"})
  void everyStartIsAPictureOfItsSegmentAndThePictureBeforeIsNot(int numerator, int denominator) {
    VodGrid grid = grid(numerator, denominator);
    long pictureTicks = Math.floorDiv(90_000L * denominator, numerator);
    for (long number = 1; number < 3_600; number++) {
      long start = grid.startTicks(number);
      assertThat(grid.numberAt(start)).isEqualTo(number);
      assertThat(grid.numberAt(start - pictureTicks)).isEqualTo(number - 1);
    }
  }
}
