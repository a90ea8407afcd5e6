package io.streaminfa.control;

import static io.streaminfa.control.StreamsApiTest.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamFilter;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UploadApiTest {
  private static final String UPLOAD = "/api/v1/upload";
  private static final String UNKNOWN = "0190a0b0-0000-7000-8000-000000000000";

  private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

  @TempDir private Path dataDir;
  private ControlServer server;

  @BeforeEach
  void start() throws Exception {
    server = new ControlServer(dataDir, "", List.of());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aFileBecomesAStream() throws Exception {
    byte[] film = random(3 << 20);
    HttpResponse<String> answer = post(new Form().file(film));
    assertThat(answer.statusCode()).isEqualTo(202);
    StreamId id = onlyStream().id();
    assertThat(answer.headers().firstValue("Location").orElse(""))
        .isEqualTo("http://127.0.0.1:" + server.port() + "/api/v1/streams/" + id);
    assertThat(answer.body()).contains(id.value()).contains("\"status\":\"processing\"");
    assertThat(server.uploadHandler.contentHashes).containsEntry(id, Arrays.hashCode(film));
    assertNothingIsLeft();
  }

  @Test
  void everyByteOfAFileArrivesWhateverItLooksLike() throws Exception {
    byte[] tricky =
        "\r\n--XX\r\n--XXXXboundar\r\n\r\n--\r\n----XXXXboundary\r\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThat(post(new Form().file(tricky)).statusCode()).isEqualTo(202);
    assertThat(server.uploadHandler.contentHashes).containsValue(Arrays.hashCode(tricky));
  }

  @Test
  void aFormInSingleBytesIsTheSameForm() throws Exception {
    byte[] film = random(2000);
    byte[] body = new Form().file(film).build();
    String answer =
        raw(
            out -> {
              out.write(head(body.length));
              out.flush();
              for (byte b : body) {
                out.write(b);
                out.flush();
              }
            });
    assertThat(answer).startsWith("HTTP/1.1 202 ");
    assertThat(server.uploadHandler.contentHashes).containsValue(Arrays.hashCode(film));
  }

  @Test
  void aNamedStreamIsUsedBeforeAndBehindTheFile() throws Exception {
    StreamId before = pending();
    StreamId behind = pending();
    byte[] film = random(10_000);
    assertThat(post(new Form().field("stream_id", before.value()).file(film)).statusCode())
        .isEqualTo(202);
    assertThat(post(new Form().file(film).field("stream_id", behind.value())).statusCode())
        .isEqualTo(202);
    assertThat(server.uploadHandler.contentHashes.keySet())
        .containsExactlyInAnyOrder(before, behind);
  }

  @Test
  void aStreamThatCannotTakeItIsRefusedBeforeTheFileIsRead() throws Exception {
    StreamId done = pending();
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
      byte[] begin = new Form().field("stream_id", row.getKey()).open();
      String answer = raw(out -> out.write(concat(head(1 << 20), begin)));
      assertThat(answer).startsWith("HTTP/1.1 " + row.getValue() + " ");
    }
    assertThat(server.uploadHandler.abandoned).isEmpty();
    assertNothingIsLeft();
  }

  @Test
  void whatIsNoFormIs400() throws Exception {
    byte[] film = random(100);
    Map<String, Form> table =
        Map.of(
            "unknown_field", new Form().field("strem_id", UNKNOWN).file(film),
            "duplicate_field", new Form().file(film).file(film),
            "missing_field", new Form(),
            "empty_file", new Form().file(new byte[0]),
            "truncated_form", new Form().file(film).withoutEnd(),
            "form_too_large", new Form().field("stream_id", "x".repeat(100_000)).file(film));
    for (Map.Entry<String, Form> row : table.entrySet()) {
      if (!row.getKey().equals("form_too_large")) {
        assertProblem(post(row.getValue()), 400, row.getKey());
      }
    }
    assertThat(post(table.get("unknown_field")).body()).contains("strem_id");
    HttpResponse<String> wrongBoundary =
        server.send(
            server
                .asAdmin(UPLOAD)
                .header("Content-Type", "multipart/form-data; boundary=other")
                .POST(HttpRequest.BodyPublishers.ofByteArray(new Form().file(film).build())));
    assertProblem(wrongBoundary, 400, "truncated_form");
    HttpResponse<String> json = server.json("POST", UPLOAD, "{}");
    assertProblem(json, 400, "not_a_form");
    assertThat(server.streams.count(StreamFilter.ALL)).isZero();
    assertNothingIsLeft();
  }

  @Test
  void aMalformedFormForANamedStreamIsTheEndOfThatStream() throws Exception {
    StreamId id = pending();
    assertProblem(post(new Form().field("stream_id", id.value())), 400, "missing_field");
    assertThat(stream(id).state()).isEqualTo(StreamState.ERROR);
    assertThat(stream(id).failure().orElseThrow().code()).isEqualTo("missing_field");
  }

  @Test
  void whatTheHandlerRefusesIsToldWithItsCode() throws Exception {
    StreamId id = pending();
    HttpResponse<String> answer =
        post(new Form().field("stream_id", id.value()).file(FakeUploadHandler.NO_MEDIA));
    assertProblem(answer, 415, "not_media");
    assertThat(stream(id).failure().orElseThrow().code()).isEqualTo("not_media");
    assertThat(server.uploadHandler.abandoned).isEmpty();
    assertNothingIsLeft();
    assertThat(server.get("/metrics").body())
        .contains(
            "streaminfa_ingest_errors_total{error_type=\"not_media\",protocol=\"upload\"} 1.0");
  }

  @Test
  void aLengthAboveTheMaximumIsRefusedBeforeTheBodyIsAskedFor() throws Exception {
    String answer = raw(out -> out.write(head(1L << 40, "Expect: 100-continue\r\n")));
    assertThat(answer).startsWith("HTTP/1.1 413 ").contains("\"code\":\"file_too_large\"");
  }

  @Test
  void aClientThatAsksFirstIsToldToGoOn() throws Exception {
    byte[] body = new Form().file(random(1000)).build();
    String answer =
        raw(out -> out.write(concat(head(body.length, "Expect: 100-continue\r\n"), body)));
    assertThat(answer).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 ");
  }

  @Test
  void aFileWithoutALengthIsCutAtTheMaximumAndTheClientHearsWhy() throws Exception {
    StreamId id = pending();
    byte[] film = random((int) ControlServer.MAX_UPLOAD_BYTES + 1);
    byte[] body = new Form().field("stream_id", id.value()).file(film).build();
    String answer =
        raw(
            out -> {
              out.write(headWithout("Transfer-Encoding: chunked\r\n"));
              chunk(out, body);
              out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            });
    assertThat(answer).startsWith("HTTP/1.1 413 ").containsIgnoringCase("connection: close");
    assertThat(stream(id).state()).isEqualTo(StreamState.PENDING);
    assertThat(server.uploadHandler.abandoned).containsExactly(id);
    assertNothingIsLeft();
  }

  @Test
  void aFileOfExactlyTheMaximumIsTaken() throws Exception {
    byte[] film = random((int) ControlServer.MAX_UPLOAD_BYTES);
    assertThat(post(new Form().file(film)).statusCode()).isEqualTo(202);
  }

  @Test
  void aRefusedClientThatGoesOnSendingReadsTheAnswer() throws Exception {
    byte[] more = new byte[64 * 1024];
    String answer =
        raw(
            out -> {
              out.write(concat(head(1L << 32), more));
              for (int i = 0; i < 400; i++) {
                out.write(more);
              }
            });
    assertThat(answer).startsWith("HTTP/1.1 413 ");
  }

  @Test
  void withoutATokenNothingIsRead() throws Exception {
    String head = new String(head(1L << 20), StandardCharsets.ISO_8859_1);
    String answer =
        raw(
            out ->
                out.write(
                    head.replace(ControlServer.TOKEN, "wrong")
                        .getBytes(StandardCharsets.ISO_8859_1)));
    assertThat(answer).startsWith("HTTP/1.1 401 ");
  }

  @Test
  void silenceEndsAnUploadAndSoDoesADrip() throws Exception {
    StreamId silent = pending();
    byte[] begin = new Form().field("stream_id", silent.value()).open();
    String answer = raw(out -> out.write(concat(head(1 << 20), begin)));
    assertThat(answer).startsWith("HTTP/1.1 408 ").contains("\"code\":\"upload_timeout\"");
    assertThat(stream(silent).state()).isEqualTo(StreamState.PENDING);

    String dripped =
        raw(
            out -> {
              out.write(concat(head(1 << 20), begin));
              for (int i = 0; i < 400; i++) {
                out.write('x');
                out.flush();
                Thread.sleep(10);
              }
            });
    assertThat(dripped).startsWith("HTTP/1.1 408 ");
    assertNothingIsLeft();
  }

  @Test
  void aBrokenConnectionLeavesNoBytesAndTheStreamPending() throws Exception {
    StreamId id = pending();
    byte[] begin = new Form().field("stream_id", id.value()).open();
    try (Socket socket = connect()) {
      socket.getOutputStream().write(concat(head(1 << 20), begin, random(100_000)));
      await().until(() -> !left().isEmpty());
    }
    await().untilAsserted(() -> assertThat(server.uploadHandler.abandoned).containsExactly(id));
    assertThat(stream(id).state()).isEqualTo(StreamState.PENDING);
    assertNothingIsLeft();
    assertThat(post(new Form().field("stream_id", id.value()).file(random(100))).statusCode())
        .isEqualTo(202);
  }

  @Test
  void moreAtOnceThanAllowedAre429AtOnce() throws Exception {
    server.uploadHandler.gate = new CountDownLatch(1);
    byte[] film = random(1000);
    List<HttpResponse<String>> refused = new ArrayList<>();
    List<Future<HttpResponse<String>>> all = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<HttpResponse<String>> upload = () -> post(new Form().file(film));
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
    assertThat(post(new Form().file(film)).statusCode()).isEqualTo(202);
  }

  @Test
  void theSameKeyAgainAnswersTheFirstStreamWithoutTheBody() throws Exception {
    byte[] film = random(1000);
    HttpResponse<String> first = post(new Form().file(film), "key-1");
    byte[] nothing = new byte[0];
    String again =
        raw(out -> out.write(concat(head(1 << 20, "Idempotency-Key: key-1\r\n"), nothing)));
    assertThat(again).startsWith("HTTP/1.1 202 ");
    assertThat(again).contains(onlyStream().id().value());
    assertThat(post(new Form().file(film), "key-2").headers().firstValue("Location"))
        .isNotEqualTo(first.headers().firstValue("Location"));
    assertProblem(post(new Form().file(FakeUploadHandler.NO_MEDIA), "key-3"), 415, "not_media");
    assertThat(post(new Form().file(film), "key-3").statusCode()).isEqualTo(202);
    assertProblem(post(new Form().file(film), "a b"), 400, "invalid_idempotency_key");
  }

  @Test
  void theSameKeyAtOnceIs409() throws Exception {
    server.uploadHandler.gate = new CountDownLatch(1);
    byte[] film = random(1000);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> first = clients.submit(() -> post(new Form().file(film), "key"));
      await().until(() -> server.streams.count(StreamFilter.ALL) == 1);
      assertProblem(post(new Form().file(film), "key"), 409, "idempotency_key_in_use");
      server.uploadHandler.gate.countDown();
      assertThat(first.get().statusCode()).isEqualTo(202);
    }
  }

  @Test
  void aDiskThatWouldBeTooFullIs507BeforeTheBodyAndMeanwhile() throws Exception {
    StreamId id = pending();
    server.freeBytes.set((512L << 20) + 1000);
    String declared = raw(out -> out.write(head(2000, "Expect: 100-continue\r\n")));
    assertThat(declared).startsWith("HTTP/1.1 507 ").contains("\"code\":\"disk_full\"");

    byte[] begin = new Form().field("stream_id", id.value()).open();
    String later =
        raw(
            out -> {
              out.write(headWithout("Transfer-Encoding: chunked\r\n"));
              chunk(out, begin);
              out.flush();
              await().until(() -> !left().isEmpty());
              server.freeBytes.set((512L << 20) - 1);
              chunk(out, "film\r\n--XXXXboundary--\r\n".getBytes(StandardCharsets.ISO_8859_1));
              out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            });
    assertThat(later).startsWith("HTTP/1.1 507 ");
    assertThat(stream(id).state()).isEqualTo(StreamState.PENDING);
    assertNothingIsLeft();
  }

  @Test
  void uploadsAreCounted() throws Exception {
    post(new Form().file(random(100_000)));
    assertThat(server.get("/metrics").body())
        .contains("streaminfa_ingest_active_streams{protocol=\"upload\"} 0.0")
        .contains("streaminfa_ingest_connections_total{protocol=\"upload\"} 1.0")
        .contains("streaminfa_ingest_upload_size_bytes_sum 100000.0")
        .contains("streaminfa_ingest_upload_duration_seconds_count 1")
        .containsPattern("streaminfa_ingest_bytes_total\\{protocol=\"upload\"} 100[12]\\d\\d\\.0");
  }

  private StreamId pending() throws Exception {
    return server
        .streams
        .create(new NewStream(IngestType.UPLOAD, Metadata.EMPTY, Optional.empty()))
        .stream()
        .id();
  }

  private Stream stream(StreamId id) {
    return server.streams.find(id).orElseThrow();
  }

  private Stream onlyStream() {
    return server.streams.list(StreamFilter.ALL, Optional.empty(), 2).streams().getFirst();
  }

  private List<Path> left() throws IOException {
    try (var files = Files.list(dataDir.resolve("uploads"))) {
      return files.toList();
    }
  }

  private void assertNothingIsLeft() throws IOException {
    assertThat(left()).isEmpty();
  }

  private HttpResponse<String> post(Form form) throws Exception {
    return server.send(request(form));
  }

  private HttpResponse<String> post(Form form, String key) throws Exception {
    return server.send(request(form).header("Idempotency-Key", key));
  }

  private HttpRequest.Builder request(Form form) {
    return server
        .asAdmin(UPLOAD)
        .header("Content-Type", Form.CONTENT_TYPE)
        .POST(HttpRequest.BodyPublishers.ofByteArray(form.build()));
  }

  private static byte[] head(long length) {
    return head(length, "");
  }

  private static byte[] head(long length, String headers) {
    return headWithout("Content-Length: " + length + "\r\n" + headers);
  }

  private static byte[] headWithout(String headers) {
    String text =
        "POST /api/v1/upload HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer "
            + ControlServer.TOKEN
            + "\r\nContent-Type: "
            + Form.CONTENT_TYPE
            + "\r\n"
            + headers
            + "\r\n";
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void chunk(OutputStream out, byte[] bytes) throws IOException {
    int size = 16 * 1024;
    for (int i = 0; i < bytes.length; i += size) {
      int length = Math.min(size, bytes.length - i);
      out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.write(bytes, i, length);
      out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  /** What a client sends on a socket. */
  private interface Sending {
    void to(OutputStream out) throws IOException, InterruptedException;
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Sends, and reads the answer; a server that is done may stop taking bytes. */
  private String raw(Sending sending) throws Exception {
    try (Socket socket = connect()) {
      Thread sender =
          Thread.startVirtualThread(
              () -> {
                try {
                  sending.to(socket.getOutputStream());
                } catch (IOException | InterruptedException e) {
                  // The answer tells.
                }
              });
      String answer = answer(socket.getInputStream());
      sender.interrupt();
      sender.join(Duration.ofSeconds(10));
      return answer;
    }
  }

  /** One answer, with the one that says to go on before it. */
  private static String answer(InputStream in) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    String text = "";
    while (!text.endsWith("\r\n\r\n") || text.endsWith("100 Continue\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        return text;
      }
      read.write(b);
      text = read.toString(StandardCharsets.UTF_8);
    }
    Matcher length = CONTENT_LENGTH.matcher(text);
    assertThat(length.find()).as(text).isTrue();
    byte[] body = in.readNBytes(Integer.parseInt(length.group(1)));
    return text + new String(body, StandardCharsets.UTF_8);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** A form as curl and browsers write it. */
  private static final class Form {
    static final String CONTENT_TYPE = "multipart/form-data; boundary=XXXXboundary";

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private String end = "--XXXXboundary--\r\n";

    Form file(byte[] content) {
      return part(
          "name=\"file\"; filename=\"a \\\"film\\\".mp4\"\r\nContent-Type: video/mp4", content);
    }

    Form field(String name, String value) {
      return part("name=\"" + name + "\"", value.getBytes(StandardCharsets.UTF_8));
    }

    private Form part(String header, byte[] content) {
      text("--XXXXboundary\r\nContent-Disposition: form-data; " + header + "\r\n\r\n");
      body.writeBytes(content);
      text("\r\n");
      return this;
    }

    Form withoutEnd() {
      end = "";
      return this;
    }

    byte[] build() {
      text(end);
      return body.toByteArray();
    }

    /** With a file that begins and goes on. */
    byte[] open() {
      text("--XXXXboundary\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n");
      return body.toByteArray();
    }

    private void text(String text) {
      body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
