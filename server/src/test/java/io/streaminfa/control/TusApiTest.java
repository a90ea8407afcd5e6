package io.streaminfa.control;

import static io.streaminfa.control.StreamsApiTest.assertProblem;
import static io.streaminfa.control.TusClient.UPLOADS;
import static io.streaminfa.control.TusClient.assertHeader;
import static io.streaminfa.control.TusClient.base64;
import static io.streaminfa.control.TusClient.random;
import static io.streaminfa.control.TusClient.streamId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streaminfa.stream.StreamFilter;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamState;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
  private static final String UNKNOWN = "0190a0b0-0000-7000-8000-000000000000";
  private static final long CHECKPOINT_BYTES = 64L << 20;

  @TempDir private Path dataDir;
  private ControlServer server;
  private TusClient client;

  @BeforeEach
  void start() throws Exception {
    start(dataDir);
  }

  private void start(Path directory) throws Exception {
    server =
        new ControlServer(
            directory, "", List.of(), 4 * CHECKPOINT_BYTES, ControlServer.openStreams());
    client = new TusClient(server, directory.resolve("uploads"));
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
    String upload = client.create(film.length, "filename ZmlsbS5tcDQ=,own");
    assertThat(upload).startsWith(UPLOADS + "/");
    HttpResponse<String> first = client.patch(upload, 0, Arrays.copyOf(film, 60_000));
    assertThat(first.statusCode()).isEqualTo(204);
    assertHeader(first, "Upload-Offset", "60000");
    assertHeader(first, "Tus-Resumable", "1.0.0");
    assertThat(first.headers().firstValue("Upload-Expires").orElse("")).endsWith(" GMT");
    assertThat(first.headers().firstValue("Upload-Stream-Location")).isEmpty();

    HttpResponse<String> progress = client.head(upload);
    assertThat(progress.statusCode()).isEqualTo(200);
    assertHeader(progress, "Upload-Offset", "60000");
    assertHeader(progress, "Upload-Length", "100000");
    assertHeader(progress, "Upload-Metadata", "filename ZmlsbS5tcDQ=,own");
    assertHeader(progress, "Cache-Control", "no-store");

    HttpResponse<String> last =
        client.patch(upload, 60_000, Arrays.copyOfRange(film, 60_000, 100_000));
    assertThat(last.statusCode()).isEqualTo(204);
    StreamId id = client.onlyStream();
    assertHeader(
        last,
        "Upload-Stream-Location",
        "http://127.0.0.1:" + server.port() + "/api/v1/streams/" + id);
    assertThat(server.uploadHandler.contentHashes).containsEntry(id, Arrays.hashCode(film));
    // A client that lost the answer finds the upload complete.
    assertHeader(client.head(upload), "Upload-Offset", "100000");
    assertThat(client.head(upload).headers().firstValue("Upload-Stream-Location")).isPresent();
    assertThat(client.files(".tus")).isEmpty();
  }

  @Test
  void creationWithUploadTakesTheFirstBytesOrAll() throws Exception {
    byte[] film = random(5000);
    HttpResponse<String> some =
        server.send(
            client
                .tus(UPLOADS)
                .header("Upload-Length", "5000")
                .header("Content-Type", "application/offset+octet-stream")
                .POST(HttpRequest.BodyPublishers.ofByteArray(film, 0, 3000)));
    assertThat(some.statusCode()).isEqualTo(201);
    assertHeader(some, "Upload-Offset", "3000");
    String upload = some.headers().firstValue("Location").orElseThrow();
    assertThat(client.patch(upload, 3000, Arrays.copyOfRange(film, 3000, 5000)).statusCode())
        .isEqualTo(204);
    HttpResponse<String> all =
        server.send(
            client
                .tus(UPLOADS)
                .header("Upload-Length", "5000")
                .header("Content-Type", "application/offset+octet-stream")
                .POST(HttpRequest.BodyPublishers.ofByteArray(film)));
    assertThat(all.statusCode()).isEqualTo(201);
    assertThat(all.headers().firstValue("Upload-Stream-Location")).isPresent();
    assertThat(server.uploadHandler.contentHashes).hasSize(2);
  }

  @Test
  void aNamedStreamIsTakenFromTheBeginning() throws Exception {
    StreamId id = client.pending();
    String upload = client.create(1000, streamId(id.value()));
    assertThat(client.head(upload).headers().firstValue("Upload-Stream-Location").orElse(""))
        .endsWith(id.value());
    assertProblem(client.tryCreate("1000", streamId(id.value())), 409, "upload_in_progress");
    assertProblem(client.tryCreate("1000", streamId(UNKNOWN)), 404, "stream_not_found");
    assertThat(client.patch(upload, 0, random(1000)).statusCode()).isEqualTo(204);
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
    assertProblem(client.tryCreate("0", ""), 400, "empty_file");
    assertProblem(client.tryCreate("-1", ""), 400, "invalid_header");
    assertProblem(client.tryCreate("1e3", ""), 400, "invalid_header");
    assertProblem(client.tryCreate(Long.toString(1L << 40), ""), 413, "file_too_large");
    assertProblem(client.tryCreate("1", "stream_id !"), 400, "invalid_metadata");
    assertProblem(client.tryCreate("1", "a YQ==,a YQ=="), 400, "invalid_metadata");
    assertProblem(
        server.send(client.tus(UPLOADS).POST(HttpRequest.BodyPublishers.noBody())),
        400,
        "missing_header");
    server.freeBytes.set(512L << 20);
    assertProblem(client.tryCreate("1", ""), 507, "disk_full");
    assertThat(client.files("")).isEmpty();
  }

  @Test
  void aPieceThatDoesNotFitChangesNothing() throws Exception {
    String upload = client.create(1000, "");
    assertProblem(client.patch(upload, 1, random(10)), 409, "wrong_offset");
    assertProblem(client.patch(upload, 0, random(1001)), 413, "beyond_upload_length");
    assertProblem(
        server.send(
            client
                .tus(upload)
                .header("Upload-Offset", "0")
                .header("Content-Type", "video/mp4")
                .method("PATCH", HttpRequest.BodyPublishers.ofByteArray(random(10)))),
        415,
        "unsupported_media_type");
    assertProblem(client.patch(UPLOADS + "/" + UNKNOWN, 0, random(10)), 404, "upload_not_found");
    assertHeader(client.head(upload), "Upload-Offset", "0");
  }

  @Test
  void aChecksumIsChecked() throws Exception {
    byte[] film = random(1000);
    String upload = client.create(1000, "");
    byte[] piece = Arrays.copyOf(film, 400);
    assertProblem(
        client.patch(upload, 0, piece, "sha1 " + base64("SHA-1", film)), 460, "checksum_mismatch");
    assertHeader(client.head(upload), "Upload-Offset", "0");
    assertProblem(client.patch(upload, 0, piece, "crc32 AAAA"), 400, "unsupported_checksum");
    assertProblem(client.patch(upload, 0, piece, "sha1"), 400, "invalid_checksum");
    assertProblem(client.patch(upload, 0, piece, "sha1 ***"), 400, "invalid_checksum");
    assertThat(client.patch(upload, 0, piece, "sha1 " + base64("SHA-1", piece)).statusCode())
        .isEqualTo(204);
    byte[] next = Arrays.copyOfRange(film, 400, 700);
    assertThat(client.patch(upload, 400, next, "md5 " + base64("MD5", next)).statusCode())
        .isEqualTo(204);
    byte[] rest = Arrays.copyOfRange(film, 700, 1000);
    assertThat(client.patch(upload, 700, rest, "sha256 " + base64("SHA-256", rest)).statusCode())
        .isEqualTo(204);
    assertThat(server.uploadHandler.contentHashes).containsValue(Arrays.hashCode(film));
  }

  @Test
  void aRefusalOfTheWholeFileAnswersTheLastPieceAndEndsTheUpload() throws Exception {
    StreamId id = client.pending();
    byte[] text = FakeUploadHandler.NO_MEDIA;
    String upload = client.create(text.length, streamId(id.value()));
    assertProblem(client.patch(upload, 0, text), 415, "not_media");
    assertThat(client.head(upload).statusCode()).isEqualTo(404);
    assertThat(server.streams.find(id).orElseThrow().state()).isEqualTo(StreamState.ERROR);
    assertThat(server.uploadHandler.abandoned).isEmpty();
    assertThat(client.files("")).isEmpty();
  }

  @Test
  void aClientWithoutPatchMayPost() throws Exception {
    String upload = client.create(100, "");
    HttpResponse<String> patched =
        server.send(
            client
                .tus(upload)
                .header("X-HTTP-Method-Override", "PATCH")
                .header("Upload-Offset", "0")
                .header("Content-Type", "application/offset+octet-stream")
                .POST(HttpRequest.BodyPublishers.ofByteArray(random(50))));
    assertThat(patched.statusCode()).isEqualTo(204);
    assertHeader(client.head(upload), "Upload-Offset", "50");
  }

  @Test
  void placesAreSharedWithForms() throws Exception {
    server.uploadHandler.gate = new CountDownLatch(1);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> running = new java.util.ArrayList<>();
      for (int i = 0; i < ControlServer.MAX_UPLOADS; i++) {
        String upload = client.create(100, "");
        running.add(clients.submit(() -> client.patch(upload, 0, random(100))));
      }
      await().until(() -> server.streams.count(StreamFilter.ALL) == ControlServer.MAX_UPLOADS);
      String oneMore = client.create(100, "");
      assertProblem(client.patch(oneMore, 0, random(100)), 429, "too_many_uploads");
      server.uploadHandler.gate.countDown();
      for (Future<HttpResponse<String>> answer : running) {
        assertThat(answer.get().statusCode()).isEqualTo(204);
      }
      assertThat(client.patch(oneMore, 0, random(100)).statusCode()).isEqualTo(204);
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
}
