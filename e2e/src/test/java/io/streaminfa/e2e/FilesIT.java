package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.Browser;
import io.streaminfa.e2e.kit.DecodedRendition;
import io.streaminfa.e2e.kit.FilmFiles;
import io.streaminfa.e2e.kit.FilmFiles.FilmFile;
import io.streaminfa.e2e.kit.HlsClient;
import io.streaminfa.e2e.kit.Recording;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of every usual kind, sent over HTTP: what becomes of each, and which are refused. */
final class FilesIT {
  private static final String LADDER =
      "[{name = \"high\", width = 640, height = 360, bitrate_kbps = 1200, audio_bitrate_kbps = 128,"
          + " profile = \"high\", level = \"3.1\", preset = \"veryfast\"},"
          + " {name = \"low\", width = 426, height = 240, bitrate_kbps = 600,"
          + " audio_bitrate_kbps = 96, profile = \"main\", level = \"3.0\","
          + " preset = \"veryfast\"}]";

  @RegisterExtension
  static final StreamInfaServer SERVER =
      StreamInfaServer.named("files")
          .withShortSegments()
          .with("transcode.profile_ladder", LADDER)
          .with("ingest.allowed_codecs", "[\"h264\", \"hevc\", \"vp9\", \"mpeg4\", \"mpeg2\"]")
          .with(
              "ingest.allowed_audio_codecs",
              "[\"aac\", \"mp3\", \"opus\", \"flac\", \"ac3\", \"pcm\"]")
          .with("ingest.max_duration_secs", "20.0")
          .with("ingest.max_long_edge_pixels", "1280");

  private static final Duration WORK_TIMEOUT = Duration.ofMinutes(2);

  /** A time that was rounded to a millisecond, and one tick of 90 kHz. */
  private static final double ROUNDED_SECONDS = 0.0025;

  private static final Duration BROWSER_TIMEOUT = Duration.ofSeconds(30);
  private static final double FAST = 2;
  private static final double WITHIN_A_FRAME_SECONDS = 0.015;

  @TempDir Path directory;

  /** The inputs. */
  enum Kind {
    MP4_WITH_AN_EDIT_LIST,
    MOV_FROM_A_PHONE,
    FRAGMENTED_MP4,
    MKV_OF_VARIABLE_RATE,
    WEBM_OF_VP9_AND_OPUS,
    TRANSPORT_STREAM,
    FLV,
    PROGRAM_STREAM_OF_INTERLACED_MPEG2,
    AVI_OF_MPEG4_WITH_B_FRAMES,
    HDR10,
    SURROUND_AT_44100_HZ,
    SURROUND_AT_96000_HZ,
    WITHOUT_SOUND,
    SEVERAL_AUDIO_TRACKS,
    COVER_AND_DATA
  }

  private static FilmFile film(Kind kind) throws Exception {
    return switch (kind) {
      case MP4_WITH_AN_EDIT_LIST -> FilmFiles.mp4WithAnEditList();
      case MOV_FROM_A_PHONE -> FilmFiles.movFromAPhone();
      case FRAGMENTED_MP4 -> FilmFiles.fragmentedMp4();
      case MKV_OF_VARIABLE_RATE -> FilmFiles.mkvOfVariableRate();
      case WEBM_OF_VP9_AND_OPUS -> FilmFiles.webmOfVp9AndOpus();
      case TRANSPORT_STREAM -> FilmFiles.transportStream();
      case FLV -> FilmFiles.flv();
      case PROGRAM_STREAM_OF_INTERLACED_MPEG2 -> FilmFiles.programStreamOfInterlacedMpeg2();
      case AVI_OF_MPEG4_WITH_B_FRAMES -> FilmFiles.aviOfMpeg4WithBFrames();
      case HDR10 -> FilmFiles.hdr10();
      case SURROUND_AT_44100_HZ -> FilmFiles.surroundAt44100();
      case SURROUND_AT_96000_HZ -> FilmFiles.surroundAt96000();
      case WITHOUT_SOUND -> FilmFiles.withoutSound();
      case SEVERAL_AUDIO_TRACKS -> FilmFiles.withSeveralAudioTracks();
      case COVER_AND_DATA -> FilmFiles.withACoverAndData();
    };
  }

  @ParameterizedTest
  @EnumSource
  void aFileBecomesAStreamWithEveryPictureInPlaceAndInSync(Kind kind) throws Exception {
    FilmFile film = film(kind);
    try (ApiClient api = SERVER.api()) {
      ApiClient.LiveStream stream = api.uploaded(film.path());
      api.awaitStatus(stream.id(), "ready", WORK_TIMEOUT);
      Recording recording = Recording.read(stream);

      assertThat(recording.sizes()).containsExactly("640x360", "426x240");
      RecordingAssert.assertRungsLineUp(recording, film.spec());
      for (Recording.Rung rung : recording.rungs()) {
        String what = kind + " as " + rung.size();
        RecordingAssert.assertOnDemand(what, rung.playlist(), film.durationSeconds());
        DecodedRendition decoded = recording.decode(rung);
        RecordingAssert.assertFrames(what, decoded.frames(), film.frames());
        RecordingAssert.assertShownTimes(what, rung, film.frameSeconds(), ROUNDED_SECONDS);
        assertSound(what, recording, rung, decoded, film);
      }
      assertThat(api.get(stream.id()).body().path("duration_secs").asDouble())
          .isCloseTo(film.durationSeconds(), within(1.0 / 25));
    }
  }

  private static void assertSound(
      String what,
      Recording recording,
      Recording.Rung rung,
      DecodedRendition decoded,
      FilmFile film)
      throws Exception {
    if (!film.spec().hasAudio()) {
      assertThat(recording.audioUrl(rung)).as(what).isEmpty();
      return;
    }
    HlsClient.MediaPlaylist sound = recording.audioPlaylist(rung);
    RecordingAssert.assertOnDemand(what + ", sound", sound, film.durationSeconds());
    RecordingAssert.assertInSync(what, decoded, film.flashFrames().size());
  }

  /** From the beginning to the end, and on behind each jump, at the picture that belongs there. */
  @ParameterizedTest
  @EnumSource(
      names = {"MP4_WITH_AN_EDIT_LIST", "MOV_FROM_A_PHONE", "WEBM_OF_VP9_AND_OPUS", "HDR10"})
  void aBrowserPlaysAFileToTheEndAndBehindJumps(Kind kind) throws Exception {
    FilmFile film = film(kind);
    try (ApiClient api = SERVER.api();
        Browser browser = Browser.launch()) {
      ApiClient.LiveStream stream = api.uploaded(film.path());
      api.awaitStatus(stream.id(), "ready", WORK_TIMEOUT);
      browser.open(stream.watch());
      awaitPlaying(browser);
      browser.setRate(FAST);
      awaitEnd(browser, film);
      for (double share : List.of(0.7, 0.15, 0.45)) {
        int index = (int) (film.frames().size() * share);
        browser.seekPaused(film.frameSeconds().get(index) + WITHIN_A_FRAME_SECONDS);
        assertThat(browser.frameNumber())
            .as("picture %d of %s", index, kind)
            .isEqualTo(film.frames().get(index));
      }
      browser.resume();
      awaitEnd(browser, film);
      assertThat(browser.sample().error()).isEmpty();
      assertThat(browser.complaints()).as("the page's errors").isEmpty();
    }
  }

  private static void awaitPlaying(Browser browser) {
    Awaitility.await("picture")
        .atMost(BROWSER_TIMEOUT)
        .pollInSameThread()
        .until(
            () -> {
              browser.watch(0.2);
              return browser.sample().currentTime() > 0.2 && browser.sample().width() > 0;
            });
  }

  private static void awaitEnd(Browser browser, FilmFile film) {
    Awaitility.await("the end")
        .atMost(BROWSER_TIMEOUT)
        .pollInSameThread()
        .until(
            () -> {
              browser.watch(0.2);
              return browser.hasEnded();
            });
    assertThat(browser.frameNumber()).as("last picture").isEqualTo(film.frames().getLast());
  }

  private static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of("text.mp4", 415, "not_a_media_file"),
        Arguments.of("empty.mp4", 400, "empty_file"),
        Arguments.of("truncated.mov", 415, "truncated_file"),
        Arguments.of("undecodable.ts", 415, "undecodable"),
        Arguments.of("encrypted.mp4", 415, "encrypted_media"),
        Arguments.of("prores.mov", 415, "codec_not_allowed"),
        Arguments.of("long.mp4", 422, "too_long"),
        Arguments.of("large.mp4", 422, "too_large_picture"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whatIsNoFilmOrTooMuchOfOneIsRefusedWithItsReasonAndLeavesNothing(
      String name, int status, String code) throws Exception {
    Path file = refusedFile(name);
    try (ApiClient api = SERVER.api()) {
      String id = api.createUpload();

      ApiClient.Answer answer = api.upload(file, id);

      assertThat(answer.status()).as(answer.body().toString()).isEqualTo(status);
      assertThat(answer.body().path("code").asText()).isEqualTo(code);
      assertThat(api.status(id)).isEqualTo("error");
      assertThat(api.get(id).body().path("error").path("code").asText()).isEqualTo(code);
      assertThat(filesBelow("uploads")).isEmpty();
      assertThat(filesBelow("sources")).isEmpty();
    }
  }

  private Path refusedFile(String name) throws Exception {
    return switch (name) {
      case "text.mp4" -> Files.writeString(directory.resolve(name), "No film.\n".repeat(999));
      case "empty.mp4" -> Files.createFile(directory.resolve(name));
      case "truncated.mov" -> firstHalf(FilmFiles.movFromAPhone().path(), directory.resolve(name));
      case "undecodable.ts" ->
          FilmFiles.withoutPictures(FilmFiles.transportStream().path(), directory.resolve(name));
      case "encrypted.mp4" ->
          FilmFiles.refused(
              name,
              "-f lavfi -i testsrc=d=2:s=320x180 -c:v libx264 -encryption_scheme cenc-aes-ctr"
                  + " -encryption_key 76a6c65c5ea762046bd749a2e632ccbb"
                  + " -encryption_kid a7e61c373e219033c21091fa607bf3b8");
      case "prores.mov" ->
          FilmFiles.refused(name, "-f lavfi -i testsrc=d=1:s=320x180 -c:v prores_ks");
      case "long.mp4" ->
          FilmFiles.refused(name, "-f lavfi -i testsrc=d=30:r=5:s=64x64 -c:v libx264");
      case "large.mp4" ->
          FilmFiles.refused(name, "-f lavfi -i testsrc=d=1:r=5:s=1440x80 -c:v libx264");
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Path firstHalf(Path file, Path target) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return Files.write(target, Arrays.copyOf(bytes, bytes.length / 2));
  }

  private static List<Path> filesBelow(String name) throws IOException {
    try (Stream<Path> all = Files.walk(SERVER.dataDirectory().resolve(name))) {
      return all.filter(Files::isRegularFile).toList();
    }
  }
}
