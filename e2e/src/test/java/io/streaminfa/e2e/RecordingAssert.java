package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.streaminfa.e2e.kit.DecodedRendition;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.HlsClient;
import io.streaminfa.e2e.kit.Mp4Samples;
import io.streaminfa.e2e.kit.Recording;
import java.util.List;
import java.util.stream.IntStream;

/** What every recording must show, whatever its source was. */
final class RecordingAssert {
  /** A twentieth of a millisecond: two ticks of 90 kHz rounding and no more. */
  private static final double SAME_TIME_SECONDS = 0.00005;

  /** The limit of the checklist's rule 32. */
  private static final double MAX_AV_OFFSET_MS = 20;

  /** A tenth of a second of pictures may arrive before the sound that belongs to them. */
  private static final int FRAMES_OF_A_CUT_OFF_BEEP = 5;

  /** The slowest of the usual frame rates. */
  private static final double FRAME_SECONDS = 1.0 / 24;

  private RecordingAssert() {}

  /** All rules that need no knowledge of the source but its rate. */
  static void assertRungsLineUp(Recording recording, FilmSpec spec) {
    Recording.Rung first = recording.rungs().getFirst();
    for (Recording.Rung rung : recording.rungs()) {
      assertSameTimes(
          rung.size() + " key frames",
          rung.keyFrameSeconds(),
          first.keyFrameSeconds(),
          SAME_TIME_SECONDS);
      assertSameTimes(
          rung.size() + " segments",
          rung.segmentStartSeconds(),
          first.segmentStartSeconds(),
          (double) spec.rateDenominator() / spec.rateNumerator());
      assertThat(rung.segments())
          .as("%s: each segment starts with an IDR", rung.size())
          .allSatisfy(segment -> assertThat(segment.getFirst().sync()).isTrue());
      assertThat(rung.playlist().ended()).as("%s ended", rung.size()).isTrue();
    }
  }

  /** A playlist of a whole film on demand, by the rules that need no media. */
  static void assertOnDemand(String what, HlsClient.MediaPlaylist playlist, double seconds) {
    assertThat(playlist.text()).as(what).contains("#EXT-X-PLAYLIST-TYPE:VOD");
    assertThat(playlist.ended()).as("%s has an end", what).isTrue();
    assertThat(playlist.mediaSequence()).as("%s begins at zero", what).isZero();
    assertThat(playlist.discontinuities()).as("discontinuities of %s", what).isZero();
    assertThat(playlist.durationSeconds())
        .as("duration of %s", what)
        .isCloseTo(seconds, within(FRAME_SECONDS));
    assertThat(playlist.segments())
        .as("segments of %s", what)
        .noneMatch(HlsClient.Segment::gap)
        .allSatisfy(
            segment ->
                assertThat(Math.round(segment.durationSeconds()))
                    .isBetween(0L, (long) playlist.targetDurationSeconds()));
  }

  private static void assertSameTimes(
      String what, List<Double> actual, List<Double> expected, double tolerance) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i)).as("%s %d", what, i).isCloseTo(expected.get(i), within(tolerance));
    }
  }

  /** Every source frame from one to another exactly once and in order. */
  static void assertFrames(String what, List<DecodedRendition.Frame> frames, int from, int to) {
    assertFrames(what, frames, IntStream.range(from, to).boxed().toList());
  }

  /** Exactly these source frames, in this order. */
  static void assertFrames(
      String what, List<DecodedRendition.Frame> frames, List<Integer> numbers) {
    assertThat(frames.stream().map(DecodedRendition.Frame::number).toList())
        .as("frame numbers of %s", what)
        .isEqualTo(numbers);
  }

  /** Every source frame exactly once and in order, whatever stretches they are in. */
  static void assertFramesOfAll(String what, List<DecodedRendition> stretches, int to) {
    List<DecodedRendition.Frame> frames =
        stretches.stream().flatMap(stretch -> stretch.frames().stream()).toList();
    assertFrames(what, frames, 0, to);
  }

  /** The frames are shown at the distances at which the source shows them. */
  static void assertFrameTimes(
      String what, List<DecodedRendition.Frame> frames, FilmSpec spec, double toleranceSeconds) {
    DecodedRendition.Frame first = frames.getFirst();
    for (DecodedRendition.Frame frame : frames) {
      double expected = (spec.ptsMicros(frame.number()) - spec.ptsMicros(first.number())) / 1e6;
      assertThat(frame.seconds() - first.seconds())
          .as("time of frame %d of %s", frame.number(), what)
          .isCloseTo(expected, within(toleranceSeconds));
    }
  }

  /** The same of the times that the segments themselves tell, without a decoder's. */
  static void assertShownTimes(
      String what, Recording.Rung rung, List<Double> seconds, double toleranceSeconds) {
    List<Double> shown =
        rung.segments().stream()
            .flatMap(List::stream)
            .map(Mp4Samples.Sample::shownSeconds)
            .sorted()
            .toList();
    assertThat(shown).as("pictures of %s", what).hasSameSizeAs(seconds);
    for (int i = 0; i < shown.size(); i++) {
      assertThat(shown.get(i) - shown.getFirst())
          .as("time of picture %d of %s", i, what)
          .isCloseTo(seconds.get(i) - seconds.getFirst(), within(toleranceSeconds));
    }
  }

  /** Sound and picture belong together, from the first flash to the last. */
  static void assertInSync(String what, DecodedRendition decoded, int flashes) {
    List<DecodedRendition.Sync> syncs = decoded.syncs();
    assertThat(syncs).as("flashes with a beep in %s", what).hasSize(flashes);
    assertOffsets(what, syncs);
  }

  /** Sound and picture of one stretch belong together; the source may break off within a beep. */
  static void assertStretchInSync(String what, DecodedRendition stretch, FilmSpec spec) {
    List<Integer> numbers = stretch.numbers();
    List<Integer> whole =
        numbers.subList(0, Math.max(0, numbers.size() - FRAMES_OF_A_CUT_OFF_BEEP));
    List<DecodedRendition.Sync> syncs =
        stretch.syncs().stream().filter(sync -> whole.contains(sync.flashFrame())).toList();
    assertThat(syncs.stream().map(DecodedRendition.Sync::flashFrame).toList())
        .as("flashes with a beep in %s", what)
        .isEqualTo(spec.flashFrames().stream().filter(whole::contains).toList());
    assertOffsets(what, syncs);
  }

  private static void assertOffsets(String what, List<DecodedRendition.Sync> syncs) {
    assertThat(syncs)
        .as("offset of sound to picture in %s", what)
        .allSatisfy(sync -> assertThat(Math.abs(sync.offsetMs())).isLessThan(MAX_AV_OFFSET_MS));
  }
}
