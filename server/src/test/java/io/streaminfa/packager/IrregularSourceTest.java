package io.streaminfa.packager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.Sample;
import io.streaminfa.media.mp4.Mp4Reader;
import io.streaminfa.media.mp4.Mp4Reader.ReadSample;
import io.streaminfa.transcode.Rendition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Sources whose tracks have holes, come late or lack key frames. */
final class IrregularSourceTest {
  private static final Rendition.Video HIGH = Studio.high(1);
  private static final Rendition.Video LOW = Studio.low(2);
  private static final Rendition.Audio AUDIO = Studio.audio("audio_128k", 3, 48_000);

  private static double seconds(Sample sample) {
    return sample.dtsTicks() / (sample.trackId() == 3 ? 48_000.0 : 90_000.0);
  }

  private static List<CutRow> cut(
      double from, double to, List<Rendition> renditions, Predicate<Sample> kept) throws Exception {
    Epoch epoch = new Epoch(renditions, Map.of(), 540_000);
    List<CutRow> rows = new ArrayList<>();
    Feed feed = new Feed(from).keeping(kept);
    for (Rendition rendition : renditions) {
      switch (rendition) {
        case Rendition.Video video -> feed.video(video, 0.3, false);
        case Rendition.Audio audio -> feed.audio(audio, 0);
      }
    }
    feed.until(to, sample -> rows.addAll(epoch.add(sample)));
    rows.addAll(epoch.end());
    assertThat(rows)
        .allSatisfy(row -> assertThat(row.endTicks() - row.startTicks()).isLessThan(585_000))
        .allSatisfy(
            row ->
                assertThat(row.segments().values())
                    .allSatisfy(s -> assertThat(s.durationMicros()).isLessThan(6_500_000)));
    for (int i = 1; i < rows.size(); i++) {
      assertThat(rows.get(i).startTicks()).isEqualTo(rows.get(i - 1).endTicks());
    }
    return rows;
  }

  private static List<Double> starts(List<CutRow> rows) {
    return rows.stream().map(row -> row.startTicks() / 90_000.0).toList();
  }

  private static List<Boolean> has(List<CutRow> rows, String rendition) {
    return rows.stream().map(row -> row.segments().containsKey(rendition)).toList();
  }

  private static Sample frame(int track, double seconds, boolean sync) {
    long ticks = Math.round(seconds * 90_000);
    return new Sample(track, ticks, ticks, sync, ByteBuffer.allocate(12));
  }

  @Test
  void anEpochThatBeginsBetweenTwoGridPointsFallsIntoStepAtTheNext() throws Exception {
    assertThat(starts(cut(8.5, 20, List.of(HIGH, AUDIO), s -> true)))
        .containsExactly(8.5, 12.0, 18.0);
  }

  @Test
  void anEpochThatBeginsJustBeforeAGridPointMakesNoTinySegment() throws Exception {
    assertThat(starts(cut(11.7, 26, List.of(HIGH, AUDIO), s -> true)))
        .containsExactly(11.7, 18.0, 24.0);
  }

  @Test
  void rule2ALateKeyFrameIsCutAtTheOneBefore() {
    Epoch epoch = new Epoch(List.of(HIGH), Map.of(), 540_000);
    List<CutRow> rows = new ArrayList<>();
    for (int i = 0; i < 130; i++) {
      double at = i / 10.0;
      boolean sync = i == 0 || i == 20 || i == 40 || i == 67 || i == 87 || i == 107 || i == 120;
      rows.addAll(epoch.add(frame(1, at, sync)));
    }
    rows.addAll(epoch.end());
    assertThat(starts(rows)).containsExactly(0.0, 4.0, 6.7, 12.0);
    assertThat(rows.stream().map(r -> Studio.segment(r, "high").durationMicros()).toList())
        .containsExactly(4_000_000L, 2_700_000L, 5_300_000L, 1_000_000L);
    List<ReadSample> second = Mp4Reader.samples(Studio.segment(rows.get(1), "high").data());
    assertThat(second.getFirst().sync()).isTrue();
    assertThat(second).hasSize(27);
  }

  @Test
  void rule12AVideoThatStopsForLongHasGapsAndComesBackAtItsKeyFrame() throws Exception {
    List<CutRow> rows =
        cut(
            0,
            50,
            List.of(HIGH, LOW, AUDIO),
            s -> s.trackId() == 3 || seconds(s) < 8 || seconds(s) >= 27.99);
    assertThat(has(rows, "audio_128k")).containsOnly(true);
    assertThat(has(rows, "high")).isEqualTo(has(rows, "low"));
    assertThat(starts(rows)).contains(0.0, 6.0, 28.0, 30.0, 36.0, 42.0, 48.0);
    int back = starts(rows).indexOf(28.0);
    assertThat(has(rows, "high").subList(0, 2)).containsOnly(true);
    assertThat(has(rows, "high").subList(2, back)).containsOnly(false);
    assertThat(has(rows, "high").subList(back, rows.size())).containsOnly(true);
  }

  @Test
  void aKeyFrameThatNeverComesCostsTheVideoAndNotTheStream() {
    Epoch epoch = new Epoch(List.of(HIGH), Map.of(), 540_000);
    List<CutRow> rows = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      rows.addAll(epoch.add(frame(1, i / 10.0, i == 0 || i == 300)));
    }
    rows.addAll(epoch.end());
    assertThat(has(rows, "high")).containsExactly(true, false, false, false, false, true);
  }

  @Test
  void anAudioTrackThatFallsSilentDoesNotStopTheVideo() throws Exception {
    List<CutRow> rows =
        cut(
            0,
            60,
            List.of(HIGH, AUDIO),
            s -> s.trackId() == 1 || seconds(s) < 15 || seconds(s) > 33);
    assertThat(starts(rows)).hasSize(10);
    assertThat(has(rows, "high")).containsOnly(true);
    assertThat(has(rows, "audio_128k"))
        .containsExactly(true, true, false, false, false, true, true, true, true, true);
  }

  @Test
  void audioThatComesSomeSecondsLateIsNotLost() throws Exception {
    Epoch epoch = new Epoch(List.of(HIGH, AUDIO), Map.of(), 540_000);
    List<CutRow> rows = new ArrayList<>();
    new Feed(0)
        .video(HIGH, 0, false)
        .audio(AUDIO, 5)
        .until(40, sample -> rows.addAll(epoch.add(sample)));
    rows.addAll(epoch.end());
    assertThat(has(rows, "audio_128k")).hasSize(7).containsOnly(true);
    long samples =
        rows.stream()
            .mapToLong(r -> Mp4Reader.samples(Studio.segment(r, "audio_128k").data()).size())
            .sum();
    assertThat(samples).isEqualTo(40 * 48_000 / 1024);
  }

  @Test
  void aRenditionWhoseEncoderDiedIsAGap() throws Exception {
    List<CutRow> rows =
        cut(0, 42, List.of(HIGH, LOW, AUDIO), s -> s.trackId() != 2 || seconds(s) < 14);
    assertThat(has(rows, "high")).containsOnly(true);
    assertThat(has(rows, "low").subList(0, 2)).containsOnly(true);
    assertThat(has(rows, "low").subList(2, 6)).containsOnly(false);
  }

  @Test
  void audioAloneIsCutOnTheGrid() throws Exception {
    List<CutRow> rows = cut(0, 20, List.of(AUDIO), s -> true);
    assertThat(rows).hasSize(4);
    assertThat(starts(rows).get(1)).isBetween(5.99, 6.03);
  }

  @Test
  void videoWithoutAKeyFrameYetIsNotWaitedForForEver() throws Exception {
    List<CutRow> rows =
        cut(0, 40, List.of(HIGH, AUDIO), s -> s.trackId() == 3 || seconds(s) >= 29.99);
    assertThat(starts(rows)).startsWith(0.0).contains(30.0, 36.0);
    assertThat(has(rows, "audio_128k")).containsOnly(true);
    assertThat(has(rows, "high")).endsWith(true, true);
  }

  @Test
  void aPartIsAChunkOfASecondOrLessAndThePartsAreTheSegment() throws Exception {
    for (CutRow row : cut(0, 20, List.of(HIGH, AUDIO), s -> true)) {
      for (CutSegment segment : row.segments().values()) {
        int end = segment.parts().getFirst().offset();
        for (Part part : segment.parts()) {
          assertThat(part.offset()).isEqualTo(end);
          assertThat(part.durationTicks()).isPositive();
          assertThat(part.durationTicks())
              .isLessThanOrEqualTo(segment.timescale().ticksPerSecond());
          end += part.sizeBytes();
        }
        assertThat(end).isEqualTo(segment.data().remaining());
      }
    }
  }

  @Test
  void aSampleOfAnUnknownTrackIsAnError() {
    Epoch epoch = new Epoch(List.of(HIGH), Map.of(), 540_000);
    assertThatThrownBy(() -> epoch.add(frame(7, 0, true)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
