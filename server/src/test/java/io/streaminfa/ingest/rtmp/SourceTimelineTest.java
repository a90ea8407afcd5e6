package io.streaminfa.ingest.rtmp;

import static io.streaminfa.ingest.rtmp.SourceTimeline.Source.AUDIO;
import static io.streaminfa.ingest.rtmp.SourceTimeline.Source.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.ingest.rtmp.SourceTimeline.Source;
import io.streaminfa.media.MediaFormatException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SourceTimelineTest {
  private static final long VIDEO_STEP_MS = 40;
  private static final long AUDIO_STEP_MS = 20;

  private final List<String> defects = new ArrayList<>();
  private final SourceTimeline timeline = new SourceTimeline(defects::add);
  private long lastVideoMs = Long.MIN_VALUE;
  private long lastAudioMs = Long.MIN_VALUE;

  @Test
  void theFirstSampleIsZeroAndTheOtherTrackKeepsItsDistance() throws MediaFormatException {
    assertThat(map(VIDEO, 5_000)).isZero();
    assertThat(map(AUDIO, 4_980)).isEqualTo(-20);
    assertThat(map(VIDEO, 5_040)).isEqualTo(40);
    assertThat(defects).isEmpty();
  }

  @Test
  void tracksThatStartSecondsApartShareTheClock() throws MediaFormatException {
    assertThat(map(AUDIO, 0)).isZero();
    assertThat(map(VIDEO, 8_000)).isEqualTo(8_000);
    assertThat(defects).isEmpty();
  }

  @Test
  void aTrackOfAnotherClockStartsWhereTheFirstOneIs() throws MediaFormatException {
    play(1_000_000, 1_000_000, 25);
    assertThat(map(AUDIO, 7)).isBetween(900L, 1_100L);
    assertThat(defects).containsExactly(SourceTimeline.JUMP);
  }

  @ParameterizedTest
  @ValueSource(longs = {4_000, 60_000, 3_600_000, 0x1_0000_0000L, -1_500, -10_000, -600_000})
  void aLeapOfBothTracksIsClosedAndTheyStayInSync(long leapMs) throws MediaFormatException {
    play(1_000_000, 1_000_000, 50);
    long expectedMs = lastVideoMs + VIDEO_STEP_MS;

    play(1_002_000 + leapMs, 1_002_000 + leapMs, 50);

    assertThat(map(VIDEO, 1_004_000 + leapMs)).isEqualTo(expectedMs + 2_000);
    assertThat(map(AUDIO, 1_004_000 + leapMs)).isEqualTo(expectedMs + 2_000);
    assertThat(defects).containsExactly(SourceTimeline.JUMP);
  }

  @ParameterizedTest
  @ValueSource(longs = {60_000, -60_000, -5_000, 5_000})
  void messagesOfBothEpochsMayAlternateForAWhile(long leapMs) throws MediaFormatException {
    play(100_000, 100_000, 25);
    // The picture at 101,000 is in the new time already, sound of the old time still comes.
    assertThat(map(VIDEO, 101_000 + leapMs)).isEqualTo(1_000);
    assertThat(map(AUDIO, 101_000)).isEqualTo(1_000);
    assertThat(map(VIDEO, 101_040 + leapMs)).isEqualTo(1_040);
    assertThat(map(AUDIO, 101_020)).isEqualTo(1_020);
    assertThat(map(VIDEO, 101_080 + leapMs)).isEqualTo(1_080);
    assertThat(map(AUDIO, 101_040 + leapMs)).isEqualTo(1_040);
    assertThat(map(AUDIO, 101_060 + leapMs)).isEqualTo(1_060);
    assertThat(defects).containsExactly(SourceTimeline.JUMP);
  }

  @Test
  void soundMayLeapFirst() throws MediaFormatException {
    play(100_000, 100_000, 25);
    assertThat(map(AUDIO, 1_000_000)).isEqualTo(1_000);
    assertThat(map(VIDEO, 101_000)).isEqualTo(1_000);
    assertThat(map(VIDEO, 1_000_040)).isEqualTo(1_040);
    assertThat(map(AUDIO, 1_000_020)).isEqualTo(1_020);
    assertThat(defects).containsExactly(SourceTimeline.JUMP);
  }

  @Test
  void oneTrackMayRestartFromZeroAlone() throws MediaFormatException {
    play(500_000, 500_000, 25);
    for (int i = 0; i < 500; i++) {
      assertThat(map(VIDEO, i * VIDEO_STEP_MS)).isEqualTo(1_000 + i * VIDEO_STEP_MS);
      assertThat(map(AUDIO, 501_000 + i * VIDEO_STEP_MS)).isEqualTo(1_000 + i * VIDEO_STEP_MS);
    }
    assertThat(defects).containsExactly(SourceTimeline.JUMP);
  }

  @Test
  void whereSoundHadRunAheadARestartLeavesAGapAndNoOverlap() throws MediaFormatException {
    play(500_000, 500_300, 25);
    assertThat(lastAudioMs - lastVideoMs).isEqualTo(320);

    assertThat(map(VIDEO, 0)).isEqualTo(1_000);
    long audioMs = map(AUDIO, 0);
    assertThat(audioMs).isEqualTo(1_300);
    assertThat(map(VIDEO, 40)).isEqualTo(audioMs + 40);
    assertThat(map(AUDIO, 20)).isEqualTo(audioMs + 20);
    assertThat(defects).containsExactly(SourceTimeline.JUMP);
  }

  @Test
  void manyRestartsOnlyEverMoveForward() throws MediaFormatException {
    for (int restart = 0; restart < 100; restart++) {
      play(restart % 2 == 0 ? 0 : 90_000, restart % 2 == 0 ? 10 : 90_000, 100);
    }
    assertThat(lastVideoMs).isBetween(399_000L, 420_000L);
    assertThat(Math.abs(lastVideoMs - lastAudioMs)).isLessThan(100);
  }

  @Test
  void videoThatStallsWhileSoundGoesOnHasNotLeapt() throws MediaFormatException {
    play(0, 0, 25);
    for (long ms = 1_000; ms < 21_000; ms += AUDIO_STEP_MS) {
      map(AUDIO, ms);
    }
    assertThat(map(VIDEO, 21_000)).isEqualTo(21_000);
    assertThat(defects).isEmpty();
  }

  @Test
  void videoThatRestartsAfterALongStallJoinsTheSound() throws MediaFormatException {
    play(50_000, 50_000, 25);
    for (long ms = 51_000; ms < 71_000; ms += AUDIO_STEP_MS) {
      map(AUDIO, ms);
    }
    assertThat(map(VIDEO, 0)).isBetween(lastAudioMs, lastAudioMs + VIDEO_STEP_MS);
  }

  @Test
  void aPauseOfBothTracksIsClosed() throws MediaFormatException {
    play(0, 0, 25);
    assertThat(map(AUDIO, 61_000)).isEqualTo(1_000);
    assertThat(map(VIDEO, 61_000)).isEqualTo(1_000);
  }

  @Test
  void aSlowSourceDoesNotLeap() throws MediaFormatException {
    assertThat(map(VIDEO, 0)).isZero();
    assertThat(map(VIDEO, 2_900)).isEqualTo(2_900);
    assertThat(map(VIDEO, 5_800)).isEqualTo(5_800);
    assertThat(defects).isEmpty();
  }

  @Test
  void timesThatDoNotRiseAreMadeTo() throws MediaFormatException {
    play(0, 0, 25);
    assertThat(map(VIDEO, 960)).isEqualTo(961);
    assertThat(map(VIDEO, 400)).isEqualTo(962);
    assertThat(map(VIDEO, 1_000)).isEqualTo(1_000);
    assertThat(defects).containsExactly(SourceTimeline.REPAIRED, SourceTimeline.REPAIRED);
  }

  @Test
  void aSmallStepBackThatStaysIsCaughtUp() throws MediaFormatException {
    play(0, 0, 50);
    play(1_500, 1_500, 50);
    assertThat(map(VIDEO, 3_500)).isEqualTo(3_500);
    assertThat(map(AUDIO, 3_500)).isEqualTo(3_500);
    assertThat(defects).containsOnly(SourceTimeline.REPAIRED);
  }

  @Test
  void aClockThatStandsStillIsAnError() {
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                map(AUDIO, 1_234);
              }
            })
        .isInstanceOfSatisfying(
            MediaFormatException.Malformed.class,
            e -> assertThat(e.defectCode()).isEqualTo("timestamp_stuck"));
  }

  @Test
  void theEdgesOfTheWireAreNoLeaps() throws MediaFormatException {
    for (long edge : new long[] {1L << 24, 1L << 31, 1L << 32}) {
      TimestampUnwrapper unwrapper = new TimestampUnwrapper();
      SourceTimeline fresh = new SourceTimeline(defects::add);
      for (long ms = 0; ms < 4_000; ms += 40) {
        long wire = (edge - 2_000 + ms) & 0xffff_ffffL;
        assertThat(fresh.map(VIDEO, unwrapper.unwrap(wire))).isEqualTo(ms);
        assertThat(fresh.map(AUDIO, unwrapper.unwrap(wire))).isEqualTo(ms);
      }
    }
    assertThat(defects).isEmpty();
  }

  @Test
  void anEncoderThatForgetsTheExtendedTimestampLeapsBackAndGoesOn() throws MediaFormatException {
    for (long ms = 0; ms < 4_000; ms += 40) {
      long wire = ((1L << 24) - 2_000 + ms) & 0xff_ffff;
      assertThat(map(VIDEO, wire)).isEqualTo(ms);
      assertThat(map(AUDIO, wire)).isEqualTo(ms);
    }
    assertThat(defects).containsExactly(SourceTimeline.JUMP);
  }

  /** Interleaves pictures and twice as many sounds; each track must rise. */
  private void play(long videoFromMs, long audioFromMs, int pictures) throws MediaFormatException {
    for (int i = 0; i < pictures; i++) {
      map(VIDEO, videoFromMs + i * VIDEO_STEP_MS);
      map(AUDIO, audioFromMs + 2L * i * AUDIO_STEP_MS);
      map(AUDIO, audioFromMs + (2L * i + 1) * AUDIO_STEP_MS);
    }
  }

  private long map(Source source, long sourceMs) throws MediaFormatException {
    long ms = timeline.map(source, sourceMs);
    assertThat(ms).isGreaterThan(source == VIDEO ? lastVideoMs : lastAudioMs);
    if (source == VIDEO) {
      lastVideoMs = ms;
    } else {
      lastAudioMs = ms;
    }
    return ms;
  }
}
