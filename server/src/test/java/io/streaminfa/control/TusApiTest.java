package io.streaminfa.control;

import static io.streaminfa.control.StreamsApiTest.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streaminfa.ingest.upload.TusUploads;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.StreamFilter;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TusApiTest {
  private static final String UPLOADS = "/api/v1/uploads";
  private static final String UNKNOWN = "0190a0b0-0000-7000-8000-000000000000";
  private static final long CHECKPOINT_BYTES = 64L << 20;

  @TempDir private Path dataDir;
  private ControlServer server;

  @BeforeEach
  void start() throws Exception {
    server = new ControlServer(dataDir, "", List.of(), 4 * CHECKPOINT_BYTES);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void optionsSayWhatThereIsWithoutAToken() throws Exception {
    for (String path : List.of(UPLOADS, UPLOADS + "/x")) {
      HttpResponse<String> options =
          server.send(server.request(path).method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
      assertThat(options.statusCode()).isEqualTo(204);
      assertThat(options.headers().firstValue("Content-Length")).isEmpty();
      assertHeader(options, "Tus-Version", "1.0.0");
      assertHeader(
          options,
          "Tus-Extension",
          "creation,creation-with-upload,checksum,expiration,termination");
      assertHeader(options, "Tus-Max-Size", Long.toString(4 * CHECKPOINT_BYTES));
      assertHeader(options, "Tus-Checksum-Algorithm", "sha1,sha256,md5");
    }
  }

  @Test
  void aFileInPiecesBecomesAStream() throws Exception {
    byte[] film = random(100_000);
    String upload = create(film.length, "filename ZmlsbS5tcDQ=,own");
    assertThat(upload).startsWith(UPLOADS + "/");
    HttpResponse<String> first = patch(upload, 0, Arrays.copyOf(film, 60_000));
    assertThat(first.statusCode()).isEqualTo(204);
    assertHeader(first, "Upload-Offset", "60000");
    assertHeader(first, "Tus-Resumable", "1.0.0");
    assertThat(first.headers().firstValue("Upload-Expires").orElse("")).endsWith(" GMT");
    assertThat(first.headers().firstValue("Upload-Stream-Location")).isEmpty();

    HttpResponse<String> progress = head(upload);
    assertThat(progress.statusCode()).isEqualTo(200);
    assertHeader(progress, "Upload-Offset", "60000");
    assertHeader(progress, "Upload-Length", "100000");
    assertHeader(progress, "Upload-Metadata", "filename ZmlsbS5tcDQ=,own");
    assertHeader(progress, "Cache-Control", "no-store");

    HttpResponse<String> last = patch(upload, 60_000, Arrays.copyOfRange(film, 60_000, 100_000));
    assertThat(last.statusCode()).isEqualTo(204);
    StreamId id = onlyStream();
    assertHeader(
        last,
        "Upload-Stream-Location",
        "http://127.0.0.1:" + server.port() + "/api/v1/streams/" + id);
    assertThat(server.uploadHandler.contentHashes).containsEntry(id, Arrays.hashCode(film));
    // A client that lost the answer finds the upload complete.
    assertHeader(head(upload), "Upload-Offset", "100000");
    assertThat(head(upload).headers().firstValue("Upload-Stream-Location")).isPresent();
    assertThat(files(".tus")).isEmpty();
  }

  @Test
  void creationWithUploadTakesTheFirstBytesOrAll() throws Exception {
    byte[] film = random(5000);
    HttpResponse<String> some =
        server.send(
            tus(UPLOADS)
                .header("Upload-Length", "5000")
                .header("Content-Type", "application/offset+octet-stream")
                .POST(HttpRequest.BodyPublishers.ofByteArray(film, 0, 3000)));
    assertThat(some.statusCode()).isEqualTo(201);
    assertHeader(some, "Upload-Offset", "3000");
    String upload = some.headers().firstValue("Location").orElseThrow();
    assertThat(patch(upload, 3000, Arrays.copyOfRange(film, 3000, 5000)).statusCode())
        .isEqualTo(204);
    HttpResponse<String> all =
        server.send(
            tus(UPLOADS)
                .header("Upload-Length", "5000")
                .header("Content-Type", "application/offset+octet-stream")
                .POST(HttpRequest.BodyPublishers.ofByteArray(film)));
    assertThat(all.statusCode()).isEqualTo(201);
    assertThat(all.headers().firstValue("Upload-Stream-Location")).isPresent();
    assertThat(server.uploadHandler.contentHashes).hasSize(2);
  }

  @Test
  void aNamedStreamIsTakenFromTheBeginning() throws Exception {
    StreamId id = pending();
    String upload = create(1000, streamId(id.value()));
    assertThat(head(upload).headers().firstValue("Upload-Stream-Location").orElse(""))
        .endsWith(id.value());
    assertProblem(tryCreate("1000", streamId(id.value())), 409, "upload_in_progress");
    assertProblem(tryCreate("1000", streamId(UNKNOWN)), 404, "stream_not_found");
    assertThat(patch(upload, 0, random(1000)).statusCode()).isEqualTo(204);
    assertThat(server.uploadHandler.contentHashes).containsKey(id);
    assertThat(server.streams.count(StreamFilter.ALL)).isEqualTo(1);
  }

  @Test
  void whatIsNotTusIsRefused() throws Exception {
    HttpResponse<String> version =
        server.send(
            server
                .asAdmin(UPLOADS)
                .header("Tus-Resumable", "0.2.2")
                .header("Upload-Length", "1")
                .POST(HttpRequest.BodyPublishers.noBody()));
    assertProblem(version, 412, "tus_version_not_supported");
    assertHeader(version, "Tus-Version", "1.0.0");
    assertProblem(tryCreate("0", ""), 400, "empty_file");
    assertProblem(tryCreate("-1", ""), 400, "invalid_header");
    assertProblem(tryCreate("1e3", ""), 400, "invalid_header");
    assertProblem(tryCreate(Long.toString(1L << 40), ""), 413, "file_too_large");
    assertProblem(tryCreate("1", "stream_id !"), 400, "invalid_metadata");
    assertProblem(tryCreate("1", "a YQ==,a YQ=="), 400, "invalid_metadata");
    assertProblem(
        server.send(tus(UPLOADS).POST(HttpRequest.BodyPublishers.noBody())), 400, "missing_header");
    server.freeBytes.set(512L << 20);
    assertProblem(tryCreate("1", ""), 507, "disk_full");
    assertThat(files("")).isEmpty();
  }

  @Test
  void aPieceThatDoesNotFitChangesNothing() throws Exception {
    String upload = create(1000, "");
    assertProblem(patch(upload, 1, random(10)), 409, "wrong_offset");
    assertProblem(patch(upload, 0, random(1001)), 413, "beyond_upload_length");
    assertProblem(
        server.send(
            tus(upload)
                .header("Upload-Offset", "0")
                .header("Content-Type", "video/mp4")
                .method("PATCH", HttpRequest.BodyPublishers.ofByteArray(random(10)))),
        415,
        "unsupported_media_type");
    assertProblem(patch(UPLOADS + "/" + UNKNOWN, 0, random(10)), 404, "upload_not_found");
    assertHeader(head(upload), "Upload-Offset", "0");
  }

  @Test
  void aChecksumIsChecked() throws Exception {
    byte[] film = random(1000);
    String upload = create(1000, "");
    byte[] piece = Arrays.copyOf(film, 400);
    assertProblem(
        patch(upload, 0, piece, "sha1 " + base64("SHA-1", film)), 460, "checksum_mismatch");
    assertHeader(head(upload), "Upload-Offset", "0");
    assertProblem(patch(upload, 0, piece, "crc32 AAAA"), 400, "unsupported_checksum");
    assertProblem(patch(upload, 0, piece, "sha1"), 400, "invalid_checksum");
    assertProblem(patch(upload, 0, piece, "sha1 ***"), 400, "invalid_checksum");
    assertThat(patch(upload, 0, piece, "sha1 " + base64("SHA-1", piece)).statusCode())
        .isEqualTo(204);
    byte[] next = Arrays.copyOfRange(film, 400, 700);
    assertThat(patch(upload, 400, next, "md5 " + base64("MD5", next)).statusCode()).isEqualTo(204);
    byte[] rest = Arrays.copyOfRange(film, 700, 1000);
    assertThat(patch(upload, 700, rest, "sha256 " + base64("SHA-256", rest)).statusCode())
        .isEqualTo(204);
    assertThat(server.uploadHandler.contentHashes).containsValue(Arrays.hashCode(film));
  }

  @Test
  void whatCameBeforeAConnectionBrokeCountsAndSurvivesARestart() throws Exception {
    byte[] film = random(100_000);
    String upload = create(film.length, "");
    try (Socket socket = connect()) {
      send(socket, upload, 0, film.length, "", Arrays.copyOf(film, 70_000));
      await().until(() -> bytesOf(upload) == 70_000);
    }
    await().untilAsserted(() -> assertHeader(head(upload), "Upload-Offset", "70000"));
    stop();
    start();
    assertHeader(head(upload), "Upload-Offset", "70000");
    assertThat(patch(upload, 70_000, Arrays.copyOfRange(film, 70_000, 100_000)).statusCode())
        .isEqualTo(204);
    assertThat(server.uploadHandler.contentHashes).containsValue(Arrays.hashCode(film));
    stop();
    start();
    assertHeader(head(upload), "Upload-Offset", "100000");
  }

  @Test
  void underAChecksumABrokenPieceDoesNotCount() throws Exception {
    byte[] film = random(100_000);
    String upload = create(film.length, "");
    try (Socket socket = connect()) {
      String checksum = "Upload-Checksum: sha1 " + base64("SHA-1", film) + "\r\n";
      send(socket, upload, 0, film.length, checksum, Arrays.copyOf(film, 70_000));
      await().until(() -> bytesOf(upload) == 70_000);
    }
    await()
        .untilAsserted(
            () ->
                assertThat(patch(upload, 0, film, "sha1 " + base64("SHA-1", film)).statusCode())
                    .isEqualTo(204));
    assertThat(server.uploadHandler.contentHashes).containsValue(Arrays.hashCode(film));
  }

  @Test
  void aKilledServerGoesOnFromItsLastCheckpoint(@TempDir Path copied) throws Exception {
    int length = (int) (CHECKPOINT_BYTES + (CHECKPOINT_BYTES >> 2));
    byte[] film = new byte[length + 1000];
    new Random(1).nextBytes(film);
    String upload = create(film.length, "");
    try (Socket socket = connect()) {
      send(socket, upload, 0, film.length, "", Arrays.copyOf(film, length));
      await().until(() -> bytesOf(upload) == length && !head(upload, "Upload-Offset").equals("0"));
      // What a process that dies now leaves behind.
      Path left = Files.createDirectory(copied.resolve("uploads"));
      for (Path file : files("")) {
        Files.copy(file, left.resolve(file.getFileName()));
      }
    }
    Files.writeString(copied.resolve("uploads/half.form"), "left by a form");
    Files.writeString(copied.resolve("uploads/" + UNKNOWN + ".tus"), "without a state");
    Files.writeString(copied.resolve("uploads/" + UNKNOWN + ".json.new"), "{");
    Files.writeString(copied.resolve("uploads/broken.json"), "{");
    server.close();
    server = new ControlServer(copied, "", List.of(), 4 * CHECKPOINT_BYTES);
    try (var files = Files.list(copied.resolve("uploads"))) {
      assertThat(files).hasSize(2);
    }
    int offset = Integer.parseInt(head(upload, "Upload-Offset"));
    assertThat(offset).isBetween((int) CHECKPOINT_BYTES, length);
    assertThat(patch(upload, offset, Arrays.copyOfRange(film, offset, film.length)).statusCode())
        .isEqualTo(204);
    assertThat(server.uploadHandler.contentHashes).containsValue(Arrays.hashCode(film));
  }

  @Test
  void oneRequestWritesAtATimeAndASilentOneGivesWay() throws Exception {
    byte[] film = random(100_000);
    String upload = create(film.length, "");
    try (Socket socket = connect()) {
      send(socket, upload, 0, film.length, "", Arrays.copyOf(film, 70_000));
      await().until(() -> bytesOf(upload) == 70_000);
      HttpResponse<String> locked = patch(upload, 0, film);
      assertProblem(locked, 423, "upload_locked");
      assertThat(locked.headers().firstValue("Retry-After")).isPresent();
      await().untilAsserted(() -> assertHeader(head(upload), "Upload-Offset", "70000"));
      assertThat(patch(upload, 70_000, Arrays.copyOfRange(film, 70_000, 100_000)).statusCode())
          .isEqualTo(204);
    }
    assertThat(server.uploadHandler.contentHashes).containsValue(Arrays.hashCode(film));
  }

  @Test
  void aRefusalOfTheWholeFileAnswersTheLastPieceAndEndsTheUpload() throws Exception {
    StreamId id = pending();
    byte[] text = FakeUploadHandler.NO_MEDIA;
    String upload = create(text.length, streamId(id.value()));
    assertProblem(patch(upload, 0, text), 415, "not_media");
    assertThat(head(upload).statusCode()).isEqualTo(404);
    assertThat(server.streams.find(id).orElseThrow().state()).isEqualTo(StreamState.ERROR);
    assertThat(server.uploadHandler.abandoned).isEmpty();
    assertThat(files("")).isEmpty();
  }

  @Test
  void anUploadThatIsTerminatedLeavesNothing() throws Exception {
    StreamId id = pending();
    String upload = create(1000, streamId(id.value()));
    patch(upload, 0, random(500));
    assertThat(delete(upload).statusCode()).isEqualTo(204);
    assertThat(head(upload).statusCode()).isEqualTo(404);
    assertProblem(delete(upload), 404, "upload_not_found");
    assertThat(server.uploadHandler.abandoned).containsExactly(id);
    assertThat(files("")).isEmpty();
  }

  @Test
  void aClientWithoutPatchMayPost() throws Exception {
    String upload = create(100, "");
    HttpResponse<String> patched =
        server.send(
            tus(upload)
                .header("X-HTTP-Method-Override", "PATCH")
                .header("Upload-Offset", "0")
                .header("Content-Type", "application/offset+octet-stream")
                .POST(HttpRequest.BodyPublishers.ofByteArray(random(50))));
    assertThat(patched.statusCode()).isEqualTo(204);
    assertHeader(head(upload), "Upload-Offset", "50");
  }

  @Test
  void whatNobodyContinuesExpiresAndWhatIsContinuedDoesNot() throws Exception {
    StreamId id = pending();
    String left = create(1000, streamId(id.value()));
    String continued = create(1000, "");
    server.clock.advance(TusUploads.LIFETIME.minusMinutes(1));
    patch(continued, 0, random(500));
    server.clock.advance(Duration.ofMinutes(2));
    server.uploads.resumable().sweep();
    assertThat(head(left).statusCode()).isEqualTo(404);
    assertThat(server.uploadHandler.abandoned).containsExactly(id);
    assertHeader(head(continued), "Upload-Offset", "500");
    assertThat(files(".tus")).hasSize(1);
  }

  @Test
  void placesAreSharedWithForms() throws Exception {
    server.uploadHandler.gate = new CountDownLatch(1);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> running = new java.util.ArrayList<>();
      for (int i = 0; i < ControlServer.MAX_UPLOADS; i++) {
        String upload = create(100, "");
        running.add(clients.submit(() -> patch(upload, 0, random(100))));
      }
      await().until(() -> server.streams.count(StreamFilter.ALL) == ControlServer.MAX_UPLOADS);
      String oneMore = create(100, "");
      assertProblem(patch(oneMore, 0, random(100)), 429, "too_many_uploads");
      server.uploadHandler.gate.countDown();
      for (Future<HttpResponse<String>> answer : running) {
        assertThat(answer.get().statusCode()).isEqualTo(204);
      }
      assertThat(patch(oneMore, 0, random(100)).statusCode()).isEqualTo(204);
    }
  }

  @Test
  void pagesOfAllowedOriginsMayUpload() throws Exception {
    String origin = ControlServer.CORS_ORIGINS.getFirst();
    HttpResponse<String> preflight =
        server.send(
            server
                .request(UPLOADS)
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
    assertHeader(preflight, "Access-Control-Allow-Origin", origin);
    assertHeader(preflight, "Vary", "Origin");
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods").orElse(""))
        .contains("PATCH");
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
        .contains("Authorization")
        .contains("Tus-Resumable");
    HttpResponse<String> refused =
        server.send(
            server
                .request(UPLOADS)
                .header("Origin", origin)
                .POST(HttpRequest.BodyPublishers.noBody()));
    assertProblem(refused, 401, "token_missing");
    assertHeader(refused, "Access-Control-Allow-Origin", origin);
    assertThat(refused.headers().firstValue("Access-Control-Expose-Headers").orElse(""))
        .contains("Upload-Offset")
        .contains("Location");
    HttpResponse<String> other =
        server.send(
            server
                .request("/api/v1/upload")
                .header("Origin", "https://elsewhere.example")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
    assertThat(other.statusCode()).isEqualTo(204);
    assertThat(other.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
  }

  private HttpRequest.Builder tus(String path) {
    return server.asAdmin(path).header("Tus-Resumable", "1.0.0");
  }

  private HttpResponse<String> tryCreate(String length, String metadata) throws Exception {
    HttpRequest.Builder request = tus(UPLOADS).header("Upload-Length", length);
    if (!metadata.isEmpty()) {
      request.header("Upload-Metadata", metadata);
    }
    return server.send(request.POST(HttpRequest.BodyPublishers.noBody()));
  }

  private String create(long length, String metadata) throws Exception {
    HttpResponse<String> made = tryCreate(Long.toString(length), metadata);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return made.headers().firstValue("Location").orElseThrow();
  }

  private HttpResponse<String> head(String upload) throws Exception {
    return server.send(tus(upload).method("HEAD", HttpRequest.BodyPublishers.noBody()));
  }

  private String head(String upload, String header) throws Exception {
    return head(upload).headers().firstValue(header).orElse("");
  }

  private HttpResponse<String> delete(String upload) throws Exception {
    return server.send(tus(upload).DELETE());
  }

  private HttpResponse<String> patch(String upload, long offset, byte[] bytes) throws Exception {
    return patch(upload, offset, bytes, "");
  }

  private HttpResponse<String> patch(String upload, long offset, byte[] bytes, String checksum)
      throws Exception {
    HttpRequest.Builder request =
        tus(upload)
            .header("Upload-Offset", Long.toString(offset))
            .header("Content-Type", "application/offset+octet-stream");
    if (!checksum.isEmpty()) {
      request.header("Upload-Checksum", checksum);
    }
    return server.send(request.method("PATCH", HttpRequest.BodyPublishers.ofByteArray(bytes)));
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** A PATCH that announces more than it sends. */
  private static void send(
      Socket socket, String upload, long offset, long length, String headers, byte[] bytes)
      throws IOException {
    String head =
        "PATCH "
            + upload
            + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
            + ControlServer.TOKEN
            + "\r\nTus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n"
            + "Upload-Offset: "
            + offset
            + "\r\nContent-Length: "
            + length
            + "\r\n"
            + headers
            + "\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().write(bytes);
  }

  private long bytesOf(String upload) throws IOException {
    String id = upload.substring(upload.lastIndexOf('/') + 1);
    return Files.size(dataDir.resolve("uploads/" + id + ".tus"));
  }

  private List<Path> files(String suffix) throws IOException {
    try (var files = Files.list(dataDir.resolve("uploads"))) {
      return files.filter(file -> file.toString().endsWith(suffix)).toList();
    }
  }

  private StreamId pending() throws Exception {
    return server
        .streams
        .create(new NewStream(IngestType.UPLOAD, Metadata.EMPTY, Optional.empty()))
        .stream()
        .id();
  }

  private StreamId onlyStream() {
    return server.streams.list(StreamFilter.ALL, Optional.empty(), 2).streams().getFirst().id();
  }

  private static String streamId(String id) {
    return "stream_id " + Base64.getEncoder().encodeToString(id.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(String algorithm, byte[] bytes) throws Exception {
    return Base64.getEncoder().encodeToString(MessageDigest.getInstance(algorithm).digest(bytes));
  }

  private static void assertHeader(HttpResponse<?> response, String name, String value) {
    assertThat(response.headers().firstValue(name)).contains(value);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
