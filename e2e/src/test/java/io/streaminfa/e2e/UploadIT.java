package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.Browser;
import io.streaminfa.e2e.kit.ChildProcess;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

final class UploadIT {
  private static final Logger log = LoggerFactory.getLogger(UploadIT.class);
  private static final Duration WORK_TIMEOUT = Duration.ofMinutes(8);
  private static final Duration MOMENT = Duration.ofMillis(300);
  private static final int KILLS = 10;
  private static final String QUICK_LADDER =
      "[{name = \"low\", width = 426, height = 240, bitrate_kbps = 600, audio_bitrate_kbps = 96,"
          + " profile = \"main\", level = \"3.0\", preset = \"veryfast\"}]";
  private static final Pattern CHUNK_DONE = Pattern.compile("chunk (\\d+) is done");

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
  void aJobThatIsKilledAtTenMomentsGoesOnWithoutItsDoneChunksAndGivesTheSameBytes()
      throws Exception {
    long seed = Long.getLong("streaminfa.e2e.seed", System.nanoTime() % 100_000);
    log.info("the seed of the kills is {}", seed);
    double[] moments = new Random(seed).doubles(KILLS, 0.01, 0.99).sorted().toArray();
    SourceFilm film = SourceFilm.make(FilmSpec.of(426, 240, 60_000));
    try (StreamInfaServer server =
            StreamInfaServer.named("upload-killed")
                .with("packaging.segment_duration_secs", "1")
                .with("transcode.keyframe_interval_secs", "1")
                .with("transcode.profile_ladder", QUICK_LADDER)
                .start();
        ApiClient api = server.api()) {
      ApiClient.LiveStream killed = api.uploaded(film.flv());
      List<Integer> done = new ArrayList<>();
      for (double moment : moments) {
        Awaitility.await("progress " + moment + " with the seed " + seed)
            .atMost(WORK_TIMEOUT)
            .pollInterval(Duration.ofMillis(20))
            .until(() -> progress(api, killed) >= moment);
        server.kill();
        done.addAll(chunksDone(server, killed));
        server.start();
      }
      awaitReady(api, killed);
      done.addAll(chunksDone(server, killed));
      assertThat(done)
          .as("chunks that were encoded to their end, with the seed %d", seed)
          .doesNotHaveDuplicates()
          .hasSizeGreaterThan(2);
      ApiClient.LiveStream undisturbed = api.uploaded(film.flv());
      awaitReady(api, undisturbed);

      Path media = server.dataDirectory().resolve("media");
      assertThat(mediaBelow(media.resolve(killed.id())))
          .hasSizeGreaterThan(120)
          .isEqualTo(mediaBelow(media.resolve(undisturbed.id())));
      server.stop();
    }
  }

  private static List<Integer> chunksDone(StreamInfaServer server, ApiClient.LiveStream stream) {
    return server.log().stream()
        .filter(line -> line.contains(stream.id()))
        .map(CHUNK_DONE::matcher)
        .filter(Matcher::find)
        .map(matcher -> Integer.valueOf(matcher.group(1)))
        .toList();
  }

  /** Whatever strikes it, and however often it is tried. */
  @Test
  void aFileWhoseWorkersDieEndsInAnErrorWithTheirLastWordsAndNoOtherFileNotices() throws Exception {
    Path film = SourceFilm.make(FilmSpec.of(1280, 720, 24_000)).flv();
    try (StreamInfaServer server =
            StreamInfaServer.named("upload-struck").withShortSegments().start();
        ApiClient api = server.api()) {
      ApiClient.LiveStream other = api.uploaded(film);
      ApiClient.LiveStream struck = api.uploaded(film);
      Set<Long> strikes = new HashSet<>();
      Awaitility.await("the end of the file that is struck")
          .atMost(WORK_TIMEOUT)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                for (ProcessHandle worker : server.workersWith(struck.id())) {
                  if (strikes.add(worker.pid())) {
                    ChildProcess.signal("SEGV", worker);
                  }
                }
                return api.status(struck.id()).equals("error");
              });

      JsonNode error = api.get(struck.id()).body().path("error");
      assertThat(error.path("code").asText()).isEqualTo("worker_crashed");
      assertThat(error.path("message").asText()).isNotBlank();
      assertThat(strikes).as("tries").hasSizeGreaterThanOrEqualTo(3);
      Recording recording = awaitReady(api, other);
      for (Recording.Rung rung : recording.rungs()) {
        RecordingAssert.assertFrames(rung.size(), DecodedRendition.video(rung.url()), 0, 24 * 30);
      }
      assertThat(filesBelow(server.dataDirectory().resolve("sources"))).isEmpty();
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

  /** Without the description, which names the stream. */
  private static Map<String, Integer> mediaBelow(Path root) throws IOException {
    Map<String, Integer> files = filesBelow(root);
    assertThat(files.remove("metadata.json")).isNotNull();
    return files;
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
