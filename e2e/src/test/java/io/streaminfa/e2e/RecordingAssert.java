package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.streaminfa.e2e.kit.DecodedRendition;
import io.streaminfa.e2e.kit.FilmSpec;
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
