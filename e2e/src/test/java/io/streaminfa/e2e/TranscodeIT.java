package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.streaminfa.e2e.kit.DecodedRendition;
import io.streaminfa.e2e.kit.DirectoryServer;
import io.streaminfa.e2e.kit.FfmpegExecutable;
import io.streaminfa.e2e.kit.FileTranscode;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.Recording;
import io.streaminfa.e2e.kit.SourceFilm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code streaminfa transcode FILE --out DIR}, without a server. */
final class TranscodeIT {
  private static final Duration DEADLINE = Duration.ofMinutes(4);

  /** Pictures on either side of a chunk's border, and of what they are compared to. */
  private static final int BORDER = 5;

  private static final int NEIGHBOURHOOD = 60;

  @TempDir Path directory;

  @Test
  void aFilmWithBFramesIsCompleteInSyncAndWithoutASeam() throws Exception {
    FilmSpec spec =
        FilmSpec.of(1280, 720, 20_000).rate(30_000, 1001).audio(FilmSpec.Audio.AAC, 44_100, 2);
    SourceFilm film = SourceFilm.make(spec);
    FileTranscode run = FileTranscode.run("film", film.mp4());
    assertSucceeded(run);
    try (DirectoryServer server = new DirectoryServer(run.directory())) {
      Recording recording = Recording.read(server.uri("master.m3u8"));
      assertThat(recording.sizes()).containsExactly("1280x720", "854x480");
      assertComplete(recording, spec);
    }
  }

  /** A chunk has ten segments at most, so a border stands at each tenth on every machine. */
  @Test
  void noViewerSeesWhereOneChunkEndsAndAnotherBeginsWhateverIsShown() throws Exception {
    Path film = directory.resolve("film.mp4");
    FfmpegExecutable.load().run(DEADLINE, threeContents(film));
    Path settings =
        Files.writeString(
            directory.resolve("settings.toml"),
            "packaging.segment_duration_secs = 1\ntranscode.keyframe_interval_secs = 1\n");
    FileTranscode run = FileTranscode.run("borders", film, "--config", settings.toString());
    assertSucceeded(run);
    try (DirectoryServer server = new DirectoryServer(run.directory())) {
      for (Recording.Rung rung : Recording.read(server.uri("master.m3u8")).rungs()) {
        List<Double> ssim =
            DecodedRendition.ssimOfFrames(
                rung.url(), film, rung.variant().width(), rung.variant().height(), 34 * 30);
        for (int border : List.of(10 * 30, 20 * 30, 30 * 30)) {
          assertNoSeam("frame " + border + " of " + rung.size(), ssim, border);
        }
      }
    }
  }

  /** A zoom into a fractal, a test card, and colours that turn slowly; 34 s at 30 fps. */
  private static List<String> threeContents(Path target) {
    return FfmpegExecutable.words(
        "-f lavfi -t 15 -i {} -f lavfi -t 10 -i {} -f lavfi -t 9 -i {} -lavfi {}"
            + " -c:v libx264 -preset ultrafast -crf 12 -pix_fmt yuv420p {}",
        "mandelbrot=s=640x360:r=30",
        "testsrc2=s=640x360:r=30",
        "gradients=s=640x360:r=30:speed=0.03:seed=7",
        "[0:v]format=yuv420p[a];[1:v]format=yuv420p[b];[2:v]format=yuv420p[c];"
            + "[a][b][c]concat=n=3:v=1:a=0",
        target);
  }

  private static void assertNoSeam(String what, List<Double> ssim, int border) {
    double atBorder = mean(ssim.subList(border - BORDER, border + BORDER));
    double around =
        (mean(ssim.subList(border - BORDER - NEIGHBOURHOOD, border - BORDER))
                + mean(ssim.subList(border + BORDER, border + BORDER + NEIGHBOURHOOD)))
            / 2;
    assertThat(atBorder)
        .as("similarity at a chunk's border at %s", what)
        .isCloseTo(around, within(around / 100));
  }

  @Test
  void controlCLeavesNothingBehind() throws Exception {
    Path film = SourceFilm.make(FilmSpec.of(1280, 720, 24_000)).flv();

    FileTranscode run = FileTranscode.interrupted("interrupted", film);

    assertThat(run.exitCode()).as("128 + SIGINT; it said %s", run.lines()).isEqualTo(130);
    assertThat(run.lines()).last().asString().endsWith("is as it was");
    assertThat(run.directory()).doesNotExist();
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  @Test
  void aFilmFromAPhoneIsUprightAndComplete() throws Exception {
    FilmSpec spec = FilmSpec.of(640, 360, 8_000).variableRate(33, 34, 40, 26);
    Path phone = phoneFilm(SourceFilm.make(spec));
    FileTranscode run = FileTranscode.run("phone", phone);
    assertSucceeded(run);
    assertThat(run.lines().getFirst()).contains("hevc 640x360");
    try (DirectoryServer server = new DirectoryServer(run.directory())) {
      Recording recording = Recording.read(server.uri("master.m3u8"));
      assertThat(recording.sizes()).containsExactly("640x360");
      assertComplete(recording, spec);
    }
  }

  /** Stored sideways, as HEVC, and to be turned back by whoever shows it. */
  private Path phoneFilm(SourceFilm film) throws IOException, InterruptedException {
    Path turned = directory.resolve("turned.mp4");
    Path phone = directory.resolve("phone.mov");
    FfmpegExecutable ffmpeg = FfmpegExecutable.load();
    ffmpeg.run(
        DEADLINE,
        FfmpegExecutable.words(
            "-i {} -vf transpose=1 -fps_mode passthrough -enc_time_base 1:1000"
                + " -c:v libx265 -preset ultrafast"
                + " -x265-params log-level=error:pools=1 -crf 18 -tag:v hvc1 -c:a copy {}",
            film.mp4(),
            turned));
    ffmpeg.run(
        DEADLINE, FfmpegExecutable.words("-display_rotation 90 -i {} -c copy {}", turned, phone));
    return phone;
  }

  private static void assertSucceeded(FileTranscode run) throws IOException {
    assertThat(run.exitCode()).as("exit code; it said %s", run.lines()).isZero();
    assertThat(run.lines().getLast()).endsWith("master.m3u8");
    try (var children = Files.list(run.directory())) {
      assertThat(children.map(child -> child.getFileName().toString()))
          .contains("master.m3u8")
          .noneMatch(name -> name.startsWith("."));
    }
  }

  private static void assertComplete(Recording recording, FilmSpec spec) throws Exception {
    RecordingAssert.assertRungsLineUp(recording, spec);
    for (Recording.Rung rung : recording.rungs()) {
      DecodedRendition decoded = recording.decode(rung);
      RecordingAssert.assertFrames(rung.size(), decoded.frames(), 0, spec.frames());
      RecordingAssert.assertFrameTimes(rung.size(), decoded.frames(), spec, 0.0025);
      RecordingAssert.assertInSync(rung.size(), decoded, spec.flashFrames().size());
    }
  }

  @Test
  void aTextIsRefusedAndLeavesNothing() throws Exception {
    Path text =
        Files.writeString(directory.resolve("film.mp4"), "This is not a film.\n".repeat(99));
    assertRefused(FileTranscode.run("text", text), "not_a_media_file");
  }

  @Test
  void anEmptyFileIsRefusedAndLeavesNothing() throws Exception {
    Path empty = Files.createFile(directory.resolve("film.mp4"));
    assertRefused(FileTranscode.run("empty", empty), "empty_file");
  }

  private static void assertRefused(FileTranscode run, String code) {
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.lines()).hasSize(1);
    assertThat(run.lines().getFirst()).endsWith("(" + code + ")");
    assertThat(run.directory()).doesNotExist();
  }
}
