package io.streaminfa.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.units.Bitrate;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LadderPlannerTest {
  private final LadderPlanner planner = new LadderPlanner(TestLadder.RUNGS);

  private static SourceInfo source(int width, int height, FrameRate rate, String audioCodec) {
    Resolution size = new Resolution(width, height);
    int audioRate = audioCodec.isEmpty() ? 0 : 44_100;
    return new SourceInfo("h264", size, size, rate, "yuv420p", audioCodec, audioRate, 2);
  }

  @ParameterizedTest
  @CsvSource({
    "1920, 1080, high 1920x1080 4.1 + medium 1280x720 3.1 + low 854x480 3.1",
    "3840, 2160, high 1920x1080 4.1 + medium 1280x720 3.1 + low 854x480 3.1",
    "1920, 800, high 1920x800 4.1 + medium 1280x534 3.1 + low 854x356 3.0",
    "1440, 1080, high 1440x1080 4.1 + medium 960x720 3.1 + low 640x480 3.0",
    "1280, 720, medium 1280x720 3.1 + low 854x480 3.1",
    "1280, 719, medium 1280x718 3.1 + low 854x480 3.1",
    "1279, 719, low 854x480 3.1",
    "1080, 1920, high 1080x1920 4.1 + medium 720x1280 3.1 + low 480x854 3.1",
    "608, 1080, low 480x852 3.1",
    "1080, 1080, high 1080x1080 4.1 + medium 720x720 3.1 + low 480x480 3.0",
    "640, 480, low 640x480 3.0",
    "640, 360, low 640x360 3.0",
    "321, 241, low 320x240 3.0",
    "2, 2, low 2x2 3.0",
    "4096, 100, high 1920x46 4.1 + medium 1280x32 3.1 + low 854x20 3.0"
  })
  void rungsThatTheSourceFillsAreKeptInItsAspectRatio(int width, int height, String expected) {
    LadderPlan plan = planner.plan(source(width, height, new FrameRate(30, 1), "aac"));
    assertThat(
            plan.videos().stream()
                .map(video -> video.name() + " " + video.size() + " " + video.level())
                .collect(Collectors.joining(" + ")))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "30, 1, 30.000, 1, 4.1",
    "30000, 1001, 29.970, 1, 4.1",
    "60, 1, 60.000, 1, 4.2",
    "50, 1, 50.000, 1, 4.2",
    "100, 1, 50.000, 2, 4.2",
    "120, 1, 60.000, 2, 4.2",
    "120000, 1001, 59.940, 2, 4.2",
    "240, 1, 60.000, 4, 4.2",
    "24000, 1001, 23.976, 1, 4.1"
  })
  void aRateAboveSixtyIsHalvedAndTheLevelFollowsTheRate(
      int numerator, int denominator, String rate, int step, String level) {
    LadderPlan plan =
        planner.plan(source(1920, 1080, new FrameRate(numerator, denominator), "aac"));
    LadderPlan.Video high = plan.videos().getFirst();
    assertThat(high.frameRate()).hasToString(rate);
    assertThat(plan.frameStep()).isEqualTo(step);
    assertThat(high.level()).isEqualTo(level);
  }

  @Test
  void eachDistinctAudioBitrateIsOneRendition() {
    LadderPlan plan = planner.plan(source(1920, 1080, new FrameRate(25, 1), "aac"));
    assertThat(plan.audios())
        .containsExactly(
            new LadderPlan.Audio("audio_128k", Bitrate.ofKbps(128), 44_100, 2),
            new LadderPlan.Audio("audio_96k", Bitrate.ofKbps(96), 44_100, 2));
    assertThat(plan.videos().stream().map(LadderPlan.Video::audioName))
        .containsExactly("audio_128k", "audio_128k", "audio_96k");
  }

  @Test
  void aSourceWithoutAudioGetsNone() {
    LadderPlan plan = planner.plan(source(1920, 1080, new FrameRate(25, 1), ""));
    assertThat(plan.audios()).isEmpty();
    assertThat(plan.videos()).allMatch(video -> video.audioName().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({"44100, 44100", "48000, 48000", "22050, 48000", "96000, 48000", "8000, 48000"})
  void usualSampleRatesStay(int sourceRate, int expected) {
    Resolution size = new Resolution(640, 360);
    SourceInfo source =
        new SourceInfo("h264", size, size, new FrameRate(25, 1), "yuv420p", "mp3", sourceRate, 1);
    assertThat(planner.plan(source).audios().getFirst().sampleRate()).isEqualTo(expected);
  }

  @Test
  void thePeakIsTheMaxrateAndTheVbvDrainedOnce() {
    LadderPlan.Video high =
        planner.plan(source(1920, 1080, new FrameRate(25, 1), "")).videos().getFirst();
    assertThat(high.maxrate()).isEqualTo(Bitrate.ofKbps(4200));
    assertThat(high.bufferBits()).isEqualTo(3_500_000);
    assertThat(high.peakOver(7)).isEqualTo(Bitrate.ofKbps(4700));
  }
}
