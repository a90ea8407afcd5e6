package io.streaminfa.control;

import static io.streaminfa.control.StreamsApiTest.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.StreamId;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(60)
class HttpRulesTest {
  private static final String STREAMS = "/api/v1/streams";

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
  void everyAdminRouteWantsAToken() throws Exception {
    for (Endpoint endpoint : server.api().endpoints()) {
      if (endpoint.access() == Endpoint.Access.ADMIN) {
        String path = endpoint.path().replace(":id", "0190a0b0-0000-7000-8000-000000000000");
        HttpResponse<String> refused =
            server.send(
                server
                    .request(path)
                    .method(endpoint.method().name(), HttpRequest.BodyPublishers.noBody()));
        if (endpoint.method().equals(HttpMethod.HEAD)) {
          assertThat(refused.statusCode()).isEqualTo(401);
        } else {
          assertProblem(refused, 401, "token_missing");
        }
        assertThat(refused.headers().firstValue("WWW-Authenticate"))
            .contains("Bearer realm=\"streaminfa\"");
      }
    }
    assertThat(server.api().endpoints())
        .filteredOn(e -> e.access() == Endpoint.Access.OPEN)
        .filteredOn(e -> !e.method().equals(HttpMethod.OPTIONS))
        .extracting(Endpoint::path)
        .containsExactly("/healthz", "/readyz", "/metrics");
  }

  @Test
  void wrongTokensAreRefusedThenBlockedAndTheRightOneStillWorks() throws Exception {
    for (int i = 0; i < 5; i++) {
      HttpResponse<String> wrong =
          server.send(server.request(STREAMS).header("Authorization", "Bearer guess" + i));
      assertProblem(wrong, 401, "token_invalid");
      assertThat(wrong.headers().firstValue("WWW-Authenticate").orElse(""))
          .contains("error=\"invalid_token\"");
    }
    HttpResponse<String> blocked =
        server.send(server.request(STREAMS).header("Authorization", "Bearer guess"));
    assertProblem(blocked, 429, "too_many_attempts");
    assertThat(blocked.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 301L);
    assertThat(server.get(STREAMS).statusCode()).isEqualTo(200);
    assertThat(server.get("/metrics").body())
        .contains("streaminfa_auth_failures_total{kind=\"token_wrong\"} 5.0");
  }

  @Test
  void anotherMethodIs405AndSaysWhichThereAre() throws Exception {
    String[][] table = {
      {"PUT", STREAMS, "POST, GET, HEAD"},
      {"POST", STREAMS + "/x", "GET, HEAD, PATCH, DELETE"},
      {"GET", STREAMS + "/x/stop", "POST"},
      {"DELETE", STREAMS + "/x/rotate-key", "POST"},
      {"POST", "/healthz", "GET, HEAD"},
      {"DELETE", "/readyz", "GET, HEAD"},
      {"PUT", "/metrics", "GET, HEAD"},
    };
    for (String[] row : table) {
      HttpResponse<String> refused =
          server.send(server.asAdmin(row[1]).method(row[0], HttpRequest.BodyPublishers.noBody()));
      assertProblem(refused, 405, "method_not_allowed");
      assertThat(refused.headers().firstValue("Allow")).contains(row[2]);
    }
  }

  @Test
  void anotherPathIs404() throws Exception {
    for (String path : List.of("/api/v1/nothing", "/api/v2/streams", "/", "/nothing")) {
      assertProblem(server.get(path), 404, "not_found");
    }
  }

  @Test
  void headAnswersAsGetDoesWithoutTheBody() throws Exception {
    HttpResponse<String> head =
        server.send(server.asAdmin(STREAMS).method("HEAD", HttpRequest.BodyPublishers.noBody()));
    HttpResponse<String> get = server.get(STREAMS);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("Content-Length"))
        .isEqualTo(get.headers().firstValue("Content-Length"));
  }

  @Test
  void otherRoutesAreLeftAlone() throws Exception {
    HttpResponse<String> neighbour = server.get("/streams/neighbour");
    assertThat(neighbour.body()).isEqualTo("not the control plane");
    assertThat(neighbour.headers().firstValue("X-Request-Id")).isEmpty();
  }

  @Test
  void aSaneRequestIdIsKeptAndAnotherReplaced() throws Exception {
    assertThat(requestIdFor("client-7.of/9")).isEqualTo("client-7.of/9");
    for (String insane : List.of("x".repeat(129), "a b", "a\tb", "<script>", "a\"b")) {
      assertThat(requestIdFor(insane)).matches("[0-9a-f-]{36}");
    }
    assertThat(server.get(STREAMS).headers().firstValue("X-Request-Id").orElse(""))
        .matches("[0-9a-f-]{36}");
  }

  private String requestIdFor(String presented) throws Exception {
    return server
        .send(server.request("/healthz").header("X-Request-Id", presented))
        .headers()
        .firstValue("X-Request-Id")
        .orElseThrow();
  }

  @Test
  void aBodyOfAnotherTypeIs415() throws Exception {
    HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString("ingest_type=rtmp");
    assertProblem(server.send(server.asAdmin(STREAMS).POST(body)), 415, "unsupported_media_type");
    for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application/")) {
      assertProblem(
          server.send(server.asAdmin(STREAMS).header("Content-Type", type).POST(body)),
          415,
          "unsupported_media_type");
    }
    assertThat(
            server
                .send(
                    server
                        .asAdmin(STREAMS)
                        .header("Content-Type", "Application/JSON; charset=utf-8")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"ingest_type\":\"rtmp\"}")))
                .statusCode())
        .isEqualTo(201);
  }

  @Test
  void aBodyAboveTheLimitIs413DeclaredOrNot() throws Exception {
    byte[] tooMuch = new byte[ControlServer.MAX_BODY_BYTES + 1];
    java.util.Arrays.fill(tooMuch, (byte) ' ');
    assertProblem(postJson(HttpRequest.BodyPublishers.ofByteArray(tooMuch)), 413, "body_too_large");
    // Without a length, in chunks.
    assertProblem(
        postJson(
            HttpRequest.BodyPublishers.ofInputStream(
                () -> new java.io.ByteArrayInputStream(tooMuch))),
        413,
        "body_too_large");
    // The connection goes on.
    assertThat(server.get(STREAMS).statusCode()).isEqualTo(200);
  }

  @Test
  void metadataAboveItsLimitIsRefused() throws Exception {
    String json =
        "{\"ingest_type\":\"rtmp\",\"metadata\":{\"x\":\""
            + "a".repeat(Metadata.MAX_BYTES)
            + "\"}}";
    assertProblem(postJson(HttpRequest.BodyPublishers.ofString(json)), 400, "invalid_field");
  }

  private HttpResponse<String> postJson(HttpRequest.BodyPublisher body) throws Exception {
    return server.send(
        server.asAdmin(STREAMS).header("Content-Type", "application/json").POST(body));
  }

  @Test
  void aBodyThatDoesNotComeIs408() throws Exception {
    String answer =
        raw(
            "POST /api/v1/streams HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                + ControlServer.TOKEN
                + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
    assertThat(answer).startsWith("HTTP/1.1 408 ").contains("\"code\":\"body_timeout\"");
  }

  @Test
  void aHostThatIsNoneIsNotMirrored() throws Exception {
    for (String host : List.of("", "a/b", "a@b", "a\"b", "a b", "a:99999", "[::1", "<x>")) {
      String answer = raw(getStreams("Host: " + host + "\r\n"));
      assertThat(answer).as(host).startsWith("HTTP/1.1 400 ");
    }
    assertThat(raw(getStreams("Host: [2001:db8::1]:8080\r\n"))).startsWith("HTTP/1.1 200 ");
    assertThat(raw(getStreams("Host: tv.example.org\r\n"))).startsWith("HTTP/1.1 200 ");
  }

  private static String getStreams(String host) {
    return "GET /api/v1/streams HTTP/1.1\r\n"
        + host
        + "Connection: close\r\nAuthorization: Bearer "
        + ControlServer.TOKEN
        + "\r\n\r\n";
  }

  @Test
  void aMalformedUrlIsAProblem() throws Exception {
    for (String path : List.of(STREAMS + "?status=%zz", STREAMS + "/%zz", STREAMS + "/%")) {
      String answer =
          raw(
              "GET "
                  + path
                  + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer "
                  + ControlServer.TOKEN
                  + "\r\n\r\n");
      assertThat(answer).as(path).startsWith("HTTP/1.1 400 ").contains("application/problem+json");
    }
  }

  /** Sends the text and reads until the server closes. */
  private String raw(String text) throws IOException {
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aDefectIs500CountedAndLoggedOnceWithoutSecretsInTheAnswer() throws Exception {
    NewStream.Made made =
        server.streams.create(new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty()));
    StreamId id = made.stream().id();
    server.streams.markLive(id);
    server.actions.breaks = true;
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger("io.streaminfa.control");
    logger.addAppender(log);
    HttpResponse<String> failed;
    try {
      failed = server.post(STREAMS + "/" + id + "/stop");
    } finally {
      logger.detachAppender(log);
    }
    assertProblem(failed, 500, "internal_error");
    assertThat(failed.body()).doesNotContain("sk_secret");
    assertThat(log.list).filteredOn(e -> e.getLevel() == Level.ERROR).hasSize(1);
    ILoggingEvent line =
        log.list.stream().filter(e -> e.getLevel() == Level.ERROR).findFirst().orElseThrow();
    assertThat(line.getFormattedMessage())
        .contains(failed.headers().firstValue("X-Request-Id").orElseThrow());
    assertThat(line.getThrowableProxy()).isNotNull();
    assertThat(server.get("/metrics").body()).contains("streaminfa_uncaught_exceptions_total 1.0");
  }

  @Test
  void aDefectOnTheEventLoopIs500Too() throws Exception {
    assertProblem(server.get("/streams/defect"), 500, "internal_error");
    assertThat(server.uncaught.get()).isEqualTo(1);
  }

  @Test
  void aRefusedRequestThatNeverSendsItsBodyIsAnsweredAtOnceAndClosed() throws Exception {
    String head =
        String.join(
            "\r\n",
            "POST /api/v1/streams HTTP/1.1",
            "Host: a",
            "Content-Type: application/json",
            "Content-Length: 100");
    String answer = raw(head + "\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 401 ");
  }

  @Test
  void noLogLineHasATokenOrAKey() throws Exception {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger("io.streaminfa");
    Level level = logger.getLevel();
    logger.setLevel(Level.TRACE);
    logger.addAppender(log);
    HttpResponse<String> made;
    try {
      made = server.json("POST", STREAMS, "{\"ingest_type\":\"rtmp\"}");
      server.send(server.request(STREAMS).header("Authorization", "Bearer not-this-one"));
    } finally {
      logger.detachAppender(log);
      logger.setLevel(level);
    }
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(log.list).isNotEmpty();
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .noneMatch(
            line ->
                line.contains("sk_")
                    || line.contains(ControlServer.TOKEN)
                    || line.contains("not-this-one"));
  }

  @Test
  void documentsWithAKeyDoNotPrintIt() {
    assertThat(
            new StreamDocuments.Rotated("id", "sk_secret", "rtmp://h/live/sk_secret", "now")
                .toString())
        .doesNotContain("sk_secret");
    assertThat(
            new StreamDocuments.Created(
                    "id", "pending", "rtmp", "sk_secret", "rtmp://h/live/sk_secret", "", "", "")
                .toString())
        .doesNotContain("sk_secret");
  }
}
