package io.streaminfa.transcode.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.units.FrameRate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PictureTimelineTest {
  private static final long KEY_TICKS = 90_000;

  private static List<String> place(
      @Nullable FrameGrid grid, @Nullable FrameRate thinned, long... times) throws Exception {
    List<String> placed = new ArrayList<>();
    PictureTimeline timeline =
        new PictureTimeline(
            KEY_TICKS,
            grid,
            thinned,
            (ticks, key, repeated) -> placed.add(ticks + (key ? "k" : "") + (repeated ? "r" : "")));
    for (long time : times) {
      timeline.add(time);
    }
    return placed;
  }

  @Test
  void theFirstPictureOfEachIntervalIsAKeyFrame() throws Exception {
    assertThat(place(null, null, 0, 45_000, 89_999, 90_000, 93_000, 180_001))
        .containsExactly("0k", "45000", "89999", "90000k", "93000", "135000r", "180001k");
  }

  @Test
  void aPictureAtTheTimeOfAnotherIsNotShown() throws Exception {
    assertThat(place(null, null, 0, 3000, 3000, 2000, 6000)).containsExactly("0k", "3000", "6000");
  }

  @Test
  void roundedTimesAreGivenBack() throws Exception {
    FrameGrid grid = new FrameGrid(new FrameRate(30_000, 1001), 0);
    assertThat(place(grid, null, 0, 2970, 6030, 9000, 11_700))
        .containsExactly("0k", "3003", "6006", "9009", "11700");
  }

  @Test
  void aFasterRateIsThinnedAlikeWhereverItBegins() throws Exception {
    FrameRate sixty = new FrameRate(60, 1);
    assertThat(place(null, sixty, 0, 750, 1500, 2250, 3000, 3750))
        .containsExactly("0k", "1500", "3000");
    assertThat(place(null, sixty, 750, 1500, 2250, 3000, 3750))
        .containsExactly("750k", "1500", "3000");
  }

  @Test
  void aPauseIsFilledOnTheGrid() throws Exception {
    assertThat(place(null, null, 0, 40_000, 200_000))
        .containsExactly("0k", "40000", "90000kr", "135000r", "180000kr", "200000");
  }

  @Test
  void aJumpOfTheClockIsNotFilled() throws Exception {
    long later = PictureTimeline.MAX_FILLED_TICKS + 90_000;
    assertThat(place(null, null, 0, later)).containsExactly("0k", later + "k");
  }
}
