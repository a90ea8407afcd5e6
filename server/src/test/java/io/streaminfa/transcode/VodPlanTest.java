package io.streaminfa.transcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VodPlanTest {
  static final ProbeLimits LIMITS =
      new ProbeLimits(List.of("h264"), List.of("aac"), Duration.ofSeconds(3), 4096);

  static final MediaProbe PROBE =
      new MediaProbe(
          "matroska,webm",
          540_000,
          new MediaProbe.Video(
              0,
              "hevc",
              new Resolution(1440, 1080),
              4,
              3,
              90,
              new Resolution(1080, 1920),
              new FrameRate(120_000, 1001),
              true,
              "yuv420p10le",
              10,
              new Colour(9, 16, 9),
              new MediaProbe.Clock(-7, 1, 1000),
              true),
          Optional.of(new MediaProbe.Audio(1, "opus", 48_000, 6, "5.1", -90)),
          2);

  static final VodPlan PLAN = VodPlan.of(PROBE, TestLadder.SETTINGS);

  @Test
  void plansForTheShownPictureAndHalvesTheRate() {
    assertThat(PLAN.ladder().videos())
        .extracting(video -> video.name() + " " + video.size() + " " + video.filePreset())
        .containsExactly("high 1080x1920 medium", "medium 720x1280 medium", "low 480x854 fast");
    assertThat(PLAN.ladder().frameStep()).isEqualTo(2);
    assertThat(PLAN.videoTrackId(2)).isEqualTo(3);
    assertThat(PLAN.audioTrackId(0)).isEqualTo(4);
  }

  @Test
  void isReadAsItWasWritten() throws Exception {
    assertThat(VodPlan.ofBytes(PLAN.toBytes())).isEqualTo(PLAN);
    VodPlan silent =
        VodPlan.of(
            new MediaProbe("avi", 1, PROBE.video(), Optional.empty(), 0), TestLadder.SETTINGS);
    assertThat(VodPlan.ofBytes(silent.toBytes())).isEqualTo(silent);
  }

  @Test
  void otherBytesAreNoPlan() {
    byte[] bytes = PLAN.toBytes();
    assertThatThrownBy(() -> VodPlan.ofBytes(Arrays.copyOf(bytes, bytes.length + 1)))
        .isInstanceOf(MediaFormatException.Malformed.class);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> VodPlan.ofBytes(cut))
          .isInstanceOf(MediaFormatException.Malformed.class);
    }
  }
}
