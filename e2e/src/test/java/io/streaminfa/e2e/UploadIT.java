package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.Browser;
import io.streaminfa.e2e.kit.DecodedRendition;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.HlsClient;
import io.streaminfa.e2e.kit.Recording;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UploadIT {
  private static final Duration WORK_TIMEOUT = Duration.ofMinutes(8);
  private static final Duration MOMENT = Duration.ofMillis(300);
  private static final int KILLS = 4;

  @TempDir Path directory;

  @Test
  void aFileIsWatchedWhileItIsEncodedAndEndsCompleteAndInSync() throws Exception {
    SourceFilm film =
        SourceFilm.make(
            FilmSpec.of(1280, 720, 24_000).rate(30_000, 1001).audio(FilmSpec.Audio.AAC, 44_100, 2));
    try (StreamInfaServer server = StreamInfaServer.named("upload").withShortSegments().start();
        ApiClient api = server.api();
        HlsClient player = new HlsClient()) {
      ApiClient.LiveStream stream = api.uploaded(film.flv());
      HlsClient.MediaPlaylist early = awaitFirstSegments(player, stream);
      assertThat(early.ended()).isFalse();
      assertThat(api.status(stream.id())).isEqualTo("processing");

      Recording recording = awaitReady(api, stream);

      assertThat(recording.sizes()).containsExactly("1280x720", "854x480");
      RecordingAssert.assertRungsLineUp(recording, film.spec());
      for (Recording.Rung rung : recording.rungs()) {
        DecodedRendition decoded = recording.decode(rung);
        RecordingAssert.assertFrames(rung.size(), decoded.frames(), 0, film.spec().frames());
        RecordingAssert.assertFrameTimes(rung.size(), decoded.frames(), film.spec(), 0.0025);
        RecordingAssert.assertInSync(rung.size(), decoded, film.spec().flashFrames().size());
      }
      assertThat(filesBelow(server.dataDirectory().resolve("sources"))).isEmpty();
      assertThat(filesBelow(server.dataDirectory().resolve("uploads"))).isEmpty();
      assertPlaysInABrowser(stream);
      assertThat(api.delete(stream.id()).status()).isEqualTo(200);
      assertThat(server.dataDirectory().resolve("media").resolve(stream.id())).doesNotExist();
      server.stop();
    }
  }

  @Test
  void aJobThatIsKilledAgainAndAgainGivesTheSameBytes() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(1280, 720, 24_000));
    try (StreamInfaServer server =
            StreamInfaServer.named("upload-killed").withShortSegments().start();
        ApiClient api = server.api()) {
      ApiClient.LiveStream killed = api.uploaded(film.flv());
      for (int kill = 1; kill <= KILLS; kill++) {
        double wanted = (double) kill / (KILLS + 2);
        Awaitility.await()
            .atMost(WORK_TIMEOUT)
            .pollInterval(MOMENT)
            .until(() -> progress(api, killed) >= wanted);
        server.kill();
        server.start();
      }
      awaitReady(api, killed);
      ApiClient.LiveStream undisturbed = api.uploaded(film.flv());
      awaitReady(api, undisturbed);

      Path media = server.dataDirectory().resolve("media");
      assertThat(filesBelow(media.resolve(killed.id())))
          .isNotEmpty()
          .isEqualTo(filesBelow(media.resolve(undisturbed.id())));
      server.stop();
    }
  }

  @Test
  void whatIsNoVideoIsRefusedWithTheReasonAndLeavesNothing() throws Exception {
    Path text = Files.writeString(directory.resolve("film.mp4"), "This is no film.\n".repeat(500));
    Path cut = directory.resolve("cut.flv");
    byte[] film = Files.readAllBytes(SourceFilm.make(FilmSpec.of(320, 180, 2_000)).flv());
    Files.write(cut, Arrays.copyOf(film, 40));
    try (StreamInfaServer server = StreamInfaServer.named("upload-refused").start();
        ApiClient api = server.api()) {
      ApiClient.Answer noMedia = api.upload(text);
      ApiClient.Answer truncated = api.upload(cut);

      assertThat(noMedia.status()).isEqualTo(415);
      assertThat(noMedia.body().path("code").asText()).isEqualTo("not_a_media_file");
      assertThat(truncated.status()).isEqualTo(415);
      assertThat(filesBelow(server.dataDirectory().resolve("uploads"))).isEmpty();
      assertThat(filesBelow(server.dataDirectory().resolve("sources"))).isEmpty();
      server.stop();
    }
  }

  private static HlsClient.MediaPlaylist awaitFirstSegments(
      HlsClient player, ApiClient.LiveStream stream) {
    return Awaitility.await("first segments")
        .atMost(WORK_TIMEOUT)
        .pollInterval(MOMENT)
        .ignoreException(IOException.class)
        .until(
            () -> player.media(player.multivariant(stream.master()).variants().getFirst().uri()),
            playlist -> !playlist.segments().isEmpty());
  }

  private static Recording awaitReady(ApiClient api, ApiClient.LiveStream stream) throws Exception {
    api.awaitStatus(stream.id(), "ready", WORK_TIMEOUT);
    return Recording.read(stream);
  }

  private static double progress(ApiClient api, ApiClient.LiveStream stream) throws Exception {
    return api.get(stream.id()).body().path("progress").asDouble();
  }

  private static void assertPlaysInABrowser(ApiClient.LiveStream stream) throws Exception {
    try (Browser browser = Browser.launch()) {
      browser.open(stream.watch());
      Awaitility.await("picture")
          .atMost(Duration.ofSeconds(30))
          .pollInSameThread()
          .until(
              () -> {
                browser.watch(0.5);
                return browser.sample().currentTime() > 2 && browser.sample().width() > 0;
              });
      assertThat(browser.complaints()).isEmpty();
    }
  }

  /** The bytes of each file, by its path. */
  private static Map<String, Integer> filesBelow(Path root) throws IOException {
    Map<String, Integer> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(path).toString(), Arrays.hashCode(Files.readAllBytes(path)));
      }
    }
    return files;
  }
}
