package io.streaminfa.e2e;

import static io.streaminfa.e2e.RecordingAssert.assertFrameTimes;
import static io.streaminfa.e2e.RecordingAssert.assertFrames;
import static io.streaminfa.e2e.RecordingAssert.assertInSync;
import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.DecodedRendition;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.Recording;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Sources of many kinds, published by ffmpeg as they are. */
@Execution(ExecutionMode.CONCURRENT)
final class SourcesIT {
  @RegisterExtension static final StreamInfaServer SERVER = StreamInfaServer.named("sources");

  private static final int SIX_SECONDS = 6_000;

  @Test
  void hdAtFiftyFramesASecond() throws Exception {
    assertWhole(FilmSpec.of(1280, 720, SIX_SECONDS).rate(50, 1), "1280x720", "854x480");
  }

  @Test
  void fullHdAtTheNtscDoubleRateIsCompleteEvenWhereTheMachineIsSlowerThanTheSource()
      throws Exception {
    assertWhole(
        FilmSpec.of(1920, 1080, 4_000).rate(60_000, 1001), "1920x1080", "1280x720", "854x480");
  }

  @Test
  void aSourceOfTheLowestRungsSize() throws Exception {
    assertWhole(FilmSpec.of(854, 480, SIX_SECONDS), "854x480");
  }

  @Test
  void aSourceBelowTheLadderKeepsItsOwnSize() throws Exception {
    assertWhole(FilmSpec.of(640, 360, SIX_SECONDS), "640x360");
  }

  @Test
  void oddSizes() throws Exception {
    assertWhole(FilmSpec.of(1279, 719, SIX_SECONDS), "854x480");
  }

  @Test
  void aPortraitFitsItsLongSideToTheRungs() throws Exception {
    assertWhole(FilmSpec.of(720, 1280, SIX_SECONDS), "720x1280", "480x854");
  }

  @Test
  void monoSoundAtTheCdRate() throws Exception {
    assertWhole(FilmSpec.of(640, 360, SIX_SECONDS).audio(FilmSpec.Audio.AAC, 44_100, 1), "640x360");
  }

  @Test
  void mp3Sound() throws Exception {
    assertWhole(FilmSpec.of(640, 360, SIX_SECONDS).audio(FilmSpec.Audio.MP3, 44_100, 2), "640x360");
  }

  @Test
  void picturesWithoutSound() throws Exception {
    Recording recording =
        assertWhole(
            FilmSpec.of(640, 360, SIX_SECONDS).audio(FilmSpec.Audio.NONE, 48_000, 2), "640x360");
    assertThat(recording.audioUrl(recording.rungs().getFirst())).isEmpty();
  }

  @Test
  void noBFrames() throws Exception {
    assertWhole(FilmSpec.of(640, 360, SIX_SECONDS).bFrames(0), "640x360");
  }

  @Test
  void aVariableFrameRateKeepsEachFramesOwnTime() throws Exception {
    assertWhole(FilmSpec.of(854, 480, SIX_SECONDS).variableRate(20, 50, 33, 100), "854x480");
  }

  @Test
  void keyFramesTenSecondsApartAsFromObsAtItsDefaults() throws Exception {
    assertWhole(FilmSpec.of(640, 360, 12_000).gop(250), "640x360");
  }

  private static Recording assertWhole(FilmSpec spec, String... sizes) throws Exception {
    SourceFilm film = SourceFilm.make(spec);
    Recording recording = Recording.ofFilm(SERVER, film);
    assertThat(recording.sizes()).containsExactly(sizes);
    RecordingAssert.assertRungsLineUp(recording, spec);
    for (Recording.Rung rung : recording.rungs()) {
      DecodedRendition decoded = recording.decode(rung);
      assertFrames(rung.size(), decoded.frames(), 0, spec.frames());
      assertFrameTimes(rung.size(), decoded.frames(), spec, 0.0025);
      if (spec.hasAudio()) {
        assertInSync(rung.size(), decoded, spec.flashFrames().size());
      }
    }
    return recording;
  }
}
