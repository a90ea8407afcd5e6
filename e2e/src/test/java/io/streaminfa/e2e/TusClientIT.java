package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.Browser;
import io.streaminfa.e2e.kit.DirectoryServer;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** tus-js-client in Chromium, on a page of another origin. */
final class TusClientIT {
  private static final Duration UPLOAD_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration WORK_TIMEOUT = Duration.ofMinutes(2);
  private static final int CHUNK_BYTES = 256 * 1024;
  private static final int CHUNKS_BEFORE_THE_KILL = 3;

  @TempDir Path directory;
  private Path film = Path.of("");

  @BeforeEach
  void makePage() throws Exception {
    for (String name : List.of("tus.min.js", "page.html")) {
      try (InputStream resource = TusClientIT.class.getResourceAsStream("/tus/" + name)) {
        Files.copy(Objects.requireNonNull(resource, name), directory.resolve(name));
      }
    }
    film = SourceFilm.make(FilmSpec.of(640, 360, 16_000)).mp4();
    Files.copy(film, directory.resolve("film.mp4"));
  }

  @Test
  void anUploadGoesOnBehindAKillOfTheServerWhereItWas() throws Exception {
    try (StreamInfaServer server = StreamInfaServer.named("tus-client").start();
        ApiClient api = server.api();
        DirectoryServer page = new DirectoryServer(directory);
        Browser browser = Browser.launch()) {
      begin(browser, page, server, CHUNKS_BEFORE_THE_KILL);
      awaitPatches(browser, CHUNKS_BEFORE_THE_KILL + 1);
      server.kill();
      browser.evaluate("() => open()");
      server.start();
      await(browser, "state.done || state.errors.length > 0");

      assertThat(strings(browser, "state.errors")).isEmpty();
      List<String> requests = strings(browser, "state.requests");
      long size = Files.size(film);
      long before = (long) CHUNKS_BEFORE_THE_KILL * CHUNK_BYTES;
      assertThat(requests.getFirst()).startsWith("POST 201");
      assertThat(requests).contains("HEAD 200 " + before).contains("PATCH 204 " + size);
      assertThat(requests.stream().filter(request -> request.startsWith("PATCH 204")))
          .as("every byte is sent once")
          .hasSize((int) Math.ceilDiv(size, CHUNK_BYTES));
      assertThat(expiry(browser)).isBetween(in(Duration.ofHours(23)), in(Duration.ofHours(25)));
      String location = answer(browser, "Upload-Stream-Location");
      String id = location.substring(location.lastIndexOf('/') + 1);
      api.awaitStatus(id, "ready", WORK_TIMEOUT);
      assertThat(api.get(id).body().path("duration_secs").asDouble()).isBetween(15.9, 16.1);
      server.stop();
    }
  }

  @Test
  void anUploadThatIsTerminatedIsGone() throws Exception {
    try (StreamInfaServer server = StreamInfaServer.named("tus-terminated").start();
        DirectoryServer page = new DirectoryServer(directory);
        Browser browser = Browser.launch()) {
      begin(browser, page, server, 1);
      awaitPatches(browser, 2);
      assertThat(uploads(server)).isNotEmpty();

      browser.evaluate("() => { open(); return upload.abort(true); }");

      assertThat(strings(browser, "state.requests")).last().asString().startsWith("DELETE 204");
      assertThat(strings(browser, "state.errors")).isEmpty();
      assertThat(uploads(server)).isEmpty();
      server.stop();
    }
  }

  private static void begin(
      Browser browser, DirectoryServer page, StreamInfaServer server, int shutAfter) {
    browser.open(page.uri("page.html"));
    browser.evaluate(
        "options => begin(options)",
        Map.of(
            "film",
            "film.mp4",
            "endpoint",
            server.uri("/api/v1/uploads").toString(),
            "token",
            server.adminToken(),
            "chunkSize",
            CHUNK_BYTES,
            "shutAfter",
            shutAfter));
  }

  private static void awaitPatches(Browser browser, int count) {
    await(browser, "state.patches >= " + count + " || state.errors.length > 0");
    assertThat(strings(browser, "state.errors")).isEmpty();
  }

  private static void await(Browser browser, String condition) {
    Awaitility.await(condition)
        .atMost(UPLOAD_TIMEOUT)
        .pollInSameThread()
        .until(() -> Boolean.TRUE.equals(browser.evaluate("() => " + condition)));
  }

  private static List<String> strings(Browser browser, String expression) {
    return ((List<?>) Objects.requireNonNull(browser.evaluate("() => " + expression)))
        .stream().map(String::valueOf).toList();
  }

  private static String answer(Browser browser, String header) {
    return String.valueOf(browser.evaluate("name => state.answers[name]", header));
  }

  private static Instant expiry(Browser browser) {
    return ZonedDateTime.parse(
            answer(browser, "Upload-Expires"), DateTimeFormatter.RFC_1123_DATE_TIME)
        .toInstant();
  }

  private static Instant in(Duration duration) {
    return Instant.now().plus(duration);
  }

  private static List<Path> uploads(StreamInfaServer server) throws IOException {
    try (var files = Files.walk(server.dataDirectory().resolve("uploads"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
