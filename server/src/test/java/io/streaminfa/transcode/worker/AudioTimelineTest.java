package io.streaminfa.transcode.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AudioTimelineTest {
  private static final int RATE = 48_000;
  private static final int FRAME = 1024;

  private final List<Float> output = new ArrayList<>();
  private final List<Long> positions = new ArrayList<>();

  private AudioTimeline timeline(long start) {
    return new AudioTimeline(
        RATE,
        start,
        60,
        (position, left, right) -> {
          positions.add(position);
          assertThat(right).isEqualTo(left);
          for (float sample : left) {
            output.add(sample);
          }
        });
  }

  private static float[] of(float value, int count) {
    float[] samples = new float[count];
    Arrays.fill(samples, value);
    return samples;
  }

  private static void append(AudioTimeline timeline, long position, float value, int count)
      throws Exception {
    timeline.append(position, of(value, count), of(value, count), count);
  }

  private void assertOutput(long... countsAndValues) {
    List<Float> expected = new ArrayList<>();
    for (int i = 0; i < countsAndValues.length; i += 2) {
      for (long n = 0; n < countsAndValues[i]; n++) {
        expected.add((float) countsAndValues[i + 1]);
      }
    }
    assertThat(output).isEqualTo(expected);
    for (int i = 1; i < positions.size(); i++) {
      assertThat(positions.get(i) - positions.get(i - 1)).isEqualTo(FRAME);
    }
  }

  @Test
  void audioThatBeginsLateIsLedBySilence() throws Exception {
    AudioTimeline timeline = timeline(-1024);
    append(timeline, 500, 1, 548 + 1024);
    assertOutput(1524, 0, 548 + 1000, 1, 0, 0);
    assertThat(timeline.end()).isEqualTo(2072);
  }

  @Test
  void audioBeforeTheStartIsCutToTheSample() throws Exception {
    AudioTimeline timeline = timeline(100);
    append(timeline, -1000, 1, 1000);
    append(timeline, 0, 2, 1124);
    assertThat(positions).containsExactly(100L);
    assertOutput(1024, 2);
  }

  @Test
  void timestampsThatJitterLeaveNoSeam() throws Exception {
    AudioTimeline timeline = timeline(0);
    int[] jitter = {0, 40, -40, 20, -48, 300, -300, 10};
    for (int i = 0; i < 200; i++) {
      append(timeline, (long) i * FRAME + jitter[i % 8], 1, FRAME);
    }
    assertOutput(200 * FRAME, 1);
    assertThat(timeline.takeCorrection()).isZero();
  }

  @Test
  void aGapIsFilledWithSilence() throws Exception {
    AudioTimeline timeline = timeline(0);
    append(timeline, 0, 1, FRAME);
    append(timeline, 10 * FRAME, 2, FRAME);
    assertOutput(FRAME, 1, 9 * FRAME, 0, FRAME, 2);
  }

  @Test
  void aSingleLostFrameIsMadeGoodByTheSecondOneAfterIt() throws Exception {
    AudioTimeline timeline = timeline(0);
    append(timeline, 0, 1, FRAME);
    append(timeline, 2 * FRAME, 2, FRAME);
    append(timeline, 3 * FRAME, 3, FRAME);
    assertOutput(FRAME, 1, FRAME, 2, FRAME, 0, FRAME, 3);
  }

  @Test
  void anOverlapIsCut() throws Exception {
    AudioTimeline timeline = timeline(0);
    append(timeline, 0, 1, 10 * FRAME);
    append(timeline, 4 * FRAME, 2, 7 * FRAME);
    assertOutput(10 * FRAME, 1, FRAME, 2);
  }

  @Test
  void audioThatVanishesIsReplacedAndCutWhenItComesLate() throws Exception {
    AudioTimeline timeline = timeline(0);
    append(timeline, 0, 1, FRAME);
    timeline.fillUntil(20 * FRAME);
    timeline.fillUntil(5 * FRAME);
    append(timeline, FRAME, 2, FRAME);
    append(timeline, 19 * FRAME, 2, 2 * FRAME);
    assertOutput(FRAME, 1, 19 * FRAME, 0, FRAME, 2);
  }

  @Test
  void aClockThatRunsSlowIsCorrectedByResamplingWithinTenMilliseconds() throws Exception {
    AudioTimeline timeline = timeline(0);
    for (long i = 0; i < 4_000; i++) {
      // 300 ppm: the source's stamps say a little more than its samples do.
      long position = Math.round(i * FRAME * 1.0003);
      append(timeline, position, 1, FRAME);
      assertThat(Math.abs(position + FRAME - timeline.end())).isLessThan(RATE / 50);
      int correction = timeline.takeCorrection();
      if (correction != 0) {
        append(timeline, timeline.end(), 1, correction);
      }
    }
    assertThat(output).allMatch(sample -> sample == 1);
  }

  @Test
  void aJumpOfTheClockIsNotFilled() throws Exception {
    AudioTimeline timeline = timeline(0);
    append(timeline, 0, 1, FRAME);
    append(timeline, 3600L * RATE, 2, FRAME);
    assertThat(positions.size()).isLessThan(4);
    assertThat(timeline.end()).isEqualTo(3600L * RATE + FRAME);
  }
}
