package io.streaminfa.e2e.kit;

import static io.streaminfa.e2e.kit.FfmpegExecutable.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DecodedRenditionTest {
  static List<FilmSpec> films() {
    return List.of(
        FilmSpec.of(640, 360, 3000),
        FilmSpec.of(1279, 719, 2000).rate(50, 1),
        FilmSpec.of(360, 640, 2000).rate(60_000, 1001).audio(FilmSpec.Audio.AAC, 44_100, 1),
        FilmSpec.of(854, 480, 3000)
            .rate(30_000, 1001)
            .audio(FilmSpec.Audio.MP3, 44_100, 2)
            .bFrames(0),
        FilmSpec.of(320, 180, 3000).variableRate(20, 50, 33).audio(FilmSpec.Audio.NONE, 48_000, 2));
  }

  @ParameterizedTest
  @MethodSource("films")
  void everyFrameOfAFilmIsReadInItsOrderAndAtItsTime(FilmSpec spec) throws Exception {
    SourceFilm film = SourceFilm.make(spec);
    List<DecodedRendition.Frame> frames = DecodedRendition.video(film.flv().toString());
    assertThat(frames.stream().map(DecodedRendition.Frame::number))
        .containsExactlyElementsOf(IntStream.range(0, spec.frames()).boxed().toList());
    double first = frames.getFirst().seconds();
    for (DecodedRendition.Frame frame : frames) {
      assertThat(frame.seconds() - first)
          .isCloseTo(spec.ptsMicros(frame.number()) / 1e6, within(0.0015));
    }
  }

  @ParameterizedTest
  @MethodSource("films")
  void flashAndBeepOfAFilmCoincide(FilmSpec spec) throws Exception {
    String film = SourceFilm.make(spec).flv().toString();
    if (!spec.hasAudio()) {
      return;
    }
    List<DecodedRendition.Sync> syncs = DecodedRendition.decode(film, film).syncs();
    assertThat(syncs).extracting(DecodedRendition.Sync::flashFrame).isEqualTo(spec.flashFrames());
    assertThat(syncs).allSatisfy(sync -> assertThat(Math.abs(sync.offsetMs())).isLessThan(3));
  }

  @Test
  void aLateSoundIsMeasured(@TempDir Path directory) throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 3000));
    String late = directory.resolve("late.mp4").toString();
    FfmpegExecutable.load()
        .run(
            Duration.ofSeconds(30),
            words(
                "-i {} -itsoffset 0.040 -i {} -map 0:v -map 1:a -c copy {}",
                film.flv(),
                film.flv(),
                late));
    assertThat(DecodedRendition.decode(late, late).syncs())
        .hasSize(3)
        .allSatisfy(sync -> assertThat(sync.offsetMs()).isCloseTo(40, within(3.0)));
  }

  @Test
  void aMissingFrameIsSeen(@TempDir Path directory) throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 3000));
    String cut = directory.resolve("cut.mp4").toString();
    FfmpegExecutable.load()
        .run(
            Duration.ofSeconds(30),
            words(
                "-i {} -vf {} -fps_mode passthrough -preset ultrafast -an {}",
                film.flv(),
                "select=not(eq(n\\,17))",
                cut));
    List<Integer> expected = new ArrayList<>(IntStream.range(0, 90).boxed().toList());
    expected.remove(Integer.valueOf(17));
    assertThat(DecodedRendition.video(cut))
        .extracting(DecodedRendition.Frame::number)
        .isEqualTo(expected);
  }

  @Test
  void similarityFallsWithQualityAndWithAMisplacedFrame(@TempDir Path directory) throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 3000));
    String small = directory.resolve("small.mp4").toString();
    FfmpegExecutable.load()
        .run(
            Duration.ofSeconds(30),
            words("-i {} -vf scale=320:180 -b:v 500k -preset ultrafast -an {}", film.flv(), small));
    double good = DecodedRendition.ssim(small, film, 320, 180, 0, 60);
    double shifted = DecodedRendition.ssim(small, film, 320, 180, 20, 60);
    assertThat(good).isGreaterThan(0.95);
    assertThat(shifted).isLessThan(good - 0.01);
  }
}
