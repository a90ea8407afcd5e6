package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.DecodedRendition;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.Recording;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class LiveLadderIT {
  @RegisterExtension static final StreamInfaServer SERVER = StreamInfaServer.named("live-ladder");

  private static final double MIN_SSIM = 0.9;
  private static final int SSIM_FRAMES = 150;

  @Test
  void aMinuteOfFullHdWithBFramesIsCompleteInSyncAndGoodInEveryRung() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(1920, 1080, 60_000));
    Recording recording = Recording.ofFilm(SERVER, film);
    assertThat(recording.sizes()).containsExactly("1920x1080", "1280x720", "854x480");
    assertComplete(recording, film);
    for (Recording.Rung rung : recording.rungs()) {
      int width = rung.variant().width();
      int height = rung.variant().height();
      assertThat(DecodedRendition.ssim(rung.url(), film, width, height, 0, SSIM_FRAMES))
          .as("similarity of %s", rung.size())
          .isGreaterThan(MIN_SSIM);
    }
  }

  @Test
  void ntscRateAndCdAudioStayCompleteAndInSync() throws Exception {
    FilmSpec spec =
        FilmSpec.of(1280, 720, 15_000).rate(30_000, 1001).audio(FilmSpec.Audio.AAC, 44_100, 2);
    SourceFilm film = SourceFilm.make(spec);
    Recording recording = Recording.ofFilm(SERVER, film);
    assertThat(recording.sizes()).containsExactly("1280x720", "854x480");
    assertComplete(recording, film);
  }

  private static void assertComplete(Recording recording, SourceFilm film) throws Exception {
    FilmSpec spec = film.spec();
    RecordingAssert.assertRungsLineUp(recording, spec);
    for (Recording.Rung rung : recording.rungs()) {
      DecodedRendition decoded = recording.decode(rung);
      RecordingAssert.assertFrames(rung.size(), decoded.frames(), 0, spec.frames());
      RecordingAssert.assertFrameTimes(rung.size(), decoded.frames(), spec, 0.0025);
      RecordingAssert.assertInSync(rung.size(), decoded, spec.flashFrames().size());
    }
  }
}
