package io.streaminfa.control;

import static io.streaminfa.control.StreamsApiTest.assertProblem;
import static io.streaminfa.control.UploadClient.concat;
import static io.streaminfa.control.UploadClient.head;
import static io.streaminfa.control.UploadClient.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.StreamFilter;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamState;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
class UploadApiTest {
  private static final String UPLOAD = "/api/v1/upload";
  private static final String UNKNOWN = "0190a0b0-0000-7000-8000-000000000000";

  @TempDir private Path dataDir;
  private ControlServer server;
  private UploadClient client;

  @BeforeEach
  void start() throws Exception {
    server = new ControlServer(dataDir, "", List.of());
    client = new UploadClient(server, dataDir.resolve("uploads"));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aFileBecomesAStream() throws Exception {
    byte[] film = random(3 << 20);
    HttpResponse<String> answer = client.post(new UploadForm().file(film));
    assertThat(answer.statusCode()).isEqualTo(202);
    StreamId id = client.onlyStream().id();
    assertThat(answer.headers().firstValue("Location").orElse(""))
        .isEqualTo("http://127.0.0.1:" + server.port() + "/api/v1/streams/" + id);
    assertThat(answer.body()).contains(id.value()).contains("\"status\":\"processing\"");
    assertThat(server.uploadHandler.contentHashes).containsEntry(id, Arrays.hashCode(film));
    client.assertNothingIsLeft();
  }

  @Test
  void everyByteOfAFileArrivesWhateverItLooksLike() throws Exception {
    byte[] tricky =
        "\r\n--XX\r\n--XXXXboundar\r\n\r\n--\r\n----XXXXboundary\r\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThat(client.post(new UploadForm().file(tricky)).statusCode()).isEqualTo(202);
    assertThat(server.uploadHandler.contentHashes).containsValue(Arrays.hashCode(tricky));
  }

  @Test
  void aNamedStreamIsUsedBeforeAndBehindTheFile() throws Exception {
    StreamId before = client.pending();
    StreamId behind = client.pending();
    byte[] film = random(10_000);
    assertThat(
            client
                .post(new UploadForm().field("stream_id", before.value()).file(film))
                .statusCode())
        .isEqualTo(202);
    assertThat(
            client
                .post(new UploadForm().file(film).field("stream_id", behind.value()))
                .statusCode())
        .isEqualTo(202);
    assertThat(server.uploadHandler.contentHashes.keySet())
        .containsExactlyInAnyOrder(before, behind);
  }

  @Test
  void aStreamThatCannotTakeItIsRefusedBeforeTheFileIsRead() throws Exception {
    StreamId done = client.pending();
    server.streams.processing(done);
    StreamId live =
        server
            .streams
            .create(new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty()))
            .stream()
            .id();
    for (Map.Entry<String, String> row :
        Map.of(UNKNOWN, "404", "nonsense", "404", done.value(), "409", live.value(), "409")
            .entrySet()) {
      byte[] begin = new UploadForm().field("stream_id", row.getKey()).open();
      String answer = client.raw(out -> out.write(concat(head(1 << 20), begin)));
      assertThat(answer).startsWith("HTTP/1.1 " + row.getValue() + " ");
    }
    assertThat(server.uploadHandler.abandoned).isEmpty();
    client.assertNothingIsLeft();
  }

  @Test
  void whatIsNoFormIs400() throws Exception {
    byte[] film = random(100);
    Map<String, UploadForm> table =
        Map.of(
            "unknown_field", new UploadForm().field("strem_id", UNKNOWN).file(film),
            "duplicate_field", new UploadForm().file(film).file(film),
            "missing_field", new UploadForm(),
            "empty_file", new UploadForm().file(new byte[0]),
            "truncated_form", new UploadForm().file(film).withoutEnd());
    for (Map.Entry<String, UploadForm> row : table.entrySet()) {
      HttpResponse<String> refused = client.post(row.getValue());
      assertProblem(refused, 400, row.getKey());
      if (row.getKey().equals("unknown_field")) {
        assertThat(refused.body()).contains("strem_id");
      }
    }
    HttpResponse<String> wrongBoundary =
        server.send(
            server
                .asAdmin(UPLOAD)
                .header("Content-Type", "multipart/form-data; boundary=other")
                .POST(HttpRequest.BodyPublishers.ofByteArray(new UploadForm().file(film).build())));
    assertProblem(wrongBoundary, 400, "truncated_form");
    HttpResponse<String> json = server.json("POST", UPLOAD, "{}");
    assertProblem(json, 400, "not_a_form");
    assertThat(server.streams.count(StreamFilter.ALL)).isZero();
    client.assertNothingIsLeft();
  }

  @Test
  void aMalformedFormForANamedStreamIsTheEndOfThatStream() throws Exception {
    StreamId id = client.pending();
    assertProblem(
        client.post(new UploadForm().field("stream_id", id.value())), 400, "missing_field");
    assertThat(client.stream(id).state()).isEqualTo(StreamState.ERROR);
    assertThat(client.stream(id).failure().orElseThrow().code()).isEqualTo("missing_field");
  }

  @Test
  void whatTheHandlerRefusesIsToldWithItsCode() throws Exception {
    StreamId id = client.pending();
    HttpResponse<String> answer =
        client.post(
            new UploadForm().field("stream_id", id.value()).file(FakeUploadHandler.NO_MEDIA));
    assertProblem(answer, 415, "not_media");
    assertThat(client.stream(id).failure().orElseThrow().code()).isEqualTo("not_media");
    assertThat(server.uploadHandler.abandoned).isEmpty();
    client.assertNothingIsLeft();
    assertThat(server.get("/metrics").body())
        .contains(
            "streaminfa_ingest_errors_total{error_type=\"not_media\",protocol=\"upload\"} 1.0");
  }

  @Test
  void aFileOfExactlyTheMaximumIsTaken() throws Exception {
    byte[] film = random((int) ControlServer.MAX_UPLOAD_BYTES);
    assertThat(client.post(new UploadForm().file(film)).statusCode()).isEqualTo(202);
  }

  @Test
  void moreAtOnceThanAllowedAre429AtOnce() throws Exception {
    server.uploadHandler.gate = new CountDownLatch(1);
    byte[] film = random(1000);
    List<HttpResponse<String>> refused = new ArrayList<>();
    List<Future<HttpResponse<String>>> all = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<HttpResponse<String>> upload = () -> client.post(new UploadForm().file(film));
      for (int i = 0; i < 20; i++) {
        all.add(clients.submit(upload));
      }
      await().until(() -> all.stream().filter(Future::isDone).count() == 10);
      server.uploadHandler.gate.countDown();
    }
    int accepted = 0;
    for (Future<HttpResponse<String>> answer : all) {
      if (answer.get().statusCode() == 202) {
        accepted++;
      } else {
        refused.add(answer.get());
      }
    }
    assertThat(accepted).isEqualTo(10);
    for (HttpResponse<String> answer : refused) {
      assertProblem(answer, 429, "too_many_uploads");
      assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
    }
    assertThat(client.post(new UploadForm().file(film)).statusCode()).isEqualTo(202);
  }

  @Test
  void theSameKeyAgainAnswersTheFirstStreamWithoutTheBody() throws Exception {
    byte[] film = random(1000);
    HttpResponse<String> first = client.post(new UploadForm().file(film), "key-1");
    byte[] nothing = new byte[0];
    String again =
        client.raw(out -> out.write(concat(head(1 << 20, "Idempotency-Key: key-1\r\n"), nothing)));
    assertThat(again).startsWith("HTTP/1.1 202 ");
    assertThat(again).contains(client.onlyStream().id().value());
    assertThat(client.post(new UploadForm().file(film), "key-2").headers().firstValue("Location"))
        .isNotEqualTo(first.headers().firstValue("Location"));
    assertProblem(
        client.post(new UploadForm().file(FakeUploadHandler.NO_MEDIA), "key-3"), 415, "not_media");
    assertThat(client.post(new UploadForm().file(film), "key-3").statusCode()).isEqualTo(202);
    assertProblem(client.post(new UploadForm().file(film), "a b"), 400, "invalid_idempotency_key");
  }

  @Test
  void aKeyIsForgottenAfterADay() throws Exception {
    byte[] film = random(1000);
    client.post(new UploadForm().file(film), "key");
    server.clock.advance(Duration.ofHours(23));
    client.post(new UploadForm().file(film), "key");
    assertThat(server.streams.count(StreamFilter.ALL)).isEqualTo(1);
    server.clock.advance(Duration.ofHours(2));
    client.post(new UploadForm().file(film), "key");
    assertThat(server.streams.count(StreamFilter.ALL)).isEqualTo(2);
  }

  @Test
  void theSameKeyAtOnceIs409() throws Exception {
    server.uploadHandler.gate = new CountDownLatch(1);
    byte[] film = random(1000);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> first =
          clients.submit(() -> client.post(new UploadForm().file(film), "key"));
      await().until(() -> server.streams.count(StreamFilter.ALL) == 1);
      assertProblem(client.post(new UploadForm().file(film), "key"), 409, "idempotency_key_in_use");
      server.uploadHandler.gate.countDown();
      assertThat(first.get().statusCode()).isEqualTo(202);
    }
  }

  @Test
  void uploadsAreCounted() throws Exception {
    client.post(new UploadForm().file(random(100_000)));
    assertThat(server.get("/metrics").body())
        .contains("streaminfa_ingest_active_streams{protocol=\"upload\"} 0.0")
        .contains("streaminfa_ingest_connections_total{protocol=\"upload\"} 1.0")
        .contains("streaminfa_ingest_upload_size_bytes_sum 100000.0")
        .contains("streaminfa_ingest_upload_duration_seconds_count 1")
        .containsPattern("streaminfa_ingest_bytes_total\\{protocol=\"upload\"} 100[12]\\d\\d\\.0");
  }
}
