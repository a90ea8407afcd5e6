package io.streaminfa.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EventsApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALL = "/api/v1/events";

  @TempDir private Path dataDir;
  private EventStation events;
  private StreamRegistry streams;
  private ControlServer server;

  @BeforeEach
  void open() throws Exception {
    events = EventStation.open(dataDir);
    streams = events.openStreams();
    server = new ControlServer(dataDir, "", List.of(), 1 << 20, streams, events);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private StreamId make() throws Exception {
    return streams.create(new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty())).stream()
        .id();
  }

  /** One who listens over a connection of its own. */
  private final class Listener implements AutoCloseable {
    private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    private final BufferedReader lines;
    private final String status;

    Listener(String path, String... headers) throws IOException {
      socket.setSoTimeout(10_000);
      String request =
          "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n"
              .formatted(path, ControlServer.TOKEN, String.join("", headers));
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      status = lines.readLine();
    }

    /** The next line that begins so. */
    String next(String prefix) throws IOException {
      String line = lines.readLine();
      while (line != null && !line.startsWith(prefix)) {
        line = lines.readLine();
      }
      return String.valueOf(line);
    }

    JsonNode event() throws IOException {
      String id = next("id: ").substring(4);
      String type = next("event: ").substring(7);
      JsonNode event = JSON.readTree(next("data: ").substring(6));
      assertThat(event.get("id").asText()).isEqualTo(id);
      assertThat(event.get("type").textValue()).isEqualTo(type);
      return event;
    }

    List<String> types(int count) throws IOException {
      List<String> types = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        types.add(event().get("type").textValue());
      }
      return types;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private double gauge(String line) throws Exception {
    return server
        .send(server.request("/metrics"))
        .body()
        .lines()
        .filter(l -> l.startsWith(line + " "))
        .mapToDouble(l -> Double.parseDouble(l.substring(line.length() + 1)))
        .sum();
  }

  @Test
  void whatHappensIsToldAsItHappens() throws Exception {
    make();
    try (Listener listener = new Listener(ALL)) {
      assertThat(listener.status).isEqualTo("HTTP/1.1 200 OK");
      assertThat(listener.next("content-type")).endsWith("text/event-stream");
      assertThat(listener.next("retry: ")).isEqualTo("retry: 2000");
      StreamId id = make();
      streams.markLive(id);
      streams.publisherLost(id);
      JsonNode created = listener.event();
      assertThat(created.get("type").textValue()).isEqualTo("stream_created");
      assertThat(created.get("stream_id").textValue()).isEqualTo(id.value());
      assertThat(created.get("data").get("ingest_type").textValue()).isEqualTo("rtmp");
      assertThat(Instant.parse(created.get("occurred_at").textValue()))
          .isEqualTo(streams.find(id).orElseThrow().createdAt());
      assertThat(listener.types(2)).containsExactly("stream_live", "stream_publisher_lost");
      assertThat(listener.next(": ")).isEqualTo(": ");
    }
  }

  @Test
  void oneStreamIsHeardAlone() throws Exception {
    StreamId id = make();
    try (Listener listener = new Listener("/api/v1/streams/" + id + "/events")) {
      listener.next("retry: ");
      make();
      streams.markLive(id);
      make();
      streams.delete(id);
      assertThat(listener.types(2)).containsExactly("stream_live", "stream_deleted");
    }
    HttpResponse<String> unknown =
        server.get("/api/v1/streams/01900000-0000-7000-8000-000000000000/events");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("stream_not_found");
  }

  @Test
  void oneWhoComesBackGoesOnAfterTheLastEventItHas() throws Exception {
    StreamId id = make();
    streams.markLive(id);
    streams.publisherLost(id);
    long last = events.outbox().newest();
    for (String path : List.of(ALL, "/api/v1/streams/" + id + "/events")) {
      try (Listener listener = new Listener(path, "Last-Event-ID: " + (last - 2) + "\r\n")) {
        assertThat(listener.types(2)).containsExactly("stream_live", "stream_publisher_lost");
      }
    }
  }

  @Test
  void whatIsGoneFromTheOutboxIsToldAsMissed() throws Exception {
    make();
    make();
    long gone = events.outbox().newest();
    // What is in memory is not missed.
    server.close();
    open();
    events.store().pruneEvents(Instant.now().plus(Duration.ofDays(8)));
    make();
    try (Listener listener = new Listener(ALL, "Last-Event-ID: 1\r\n")) {
      JsonNode missed = listener.event();
      assertThat(missed.get("type").textValue()).isEqualTo("events_missed");
      assertThat(missed.get("data").get("after").longValue()).isEqualTo(1);
      assertThat(missed.get("data").get("through").longValue()).isEqualTo(gone);
      assertThat(listener.event().get("id").longValue()).isEqualTo(gone + 1);
    }
    // An id that was never given is another database's.
    try (Listener listener = new Listener(ALL, "Last-Event-ID: 999999\r\n")) {
      assertThat(listener.event().get("type").textValue()).isEqualTo("events_missed");
      make();
      assertThat(listener.event().get("type").textValue()).isEqualTo("stream_created");
    }
  }

  @Test
  void aLastEventIdThatIsNoNumberAndATokenThatIsMissingAreRefused() throws Exception {
    HttpResponse<String> bad = server.send(server.asAdmin(ALL).header("Last-Event-ID", "-1"));
    assertThat(bad.statusCode()).isEqualTo(400);
    assertThat(bad.body()).contains("invalid_last_event_id");
    assertThat(server.send(server.request(ALL)).statusCode()).isEqualTo(401);
    HttpResponse<String> head =
        server.send(server.asAdmin(ALL).method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("Content-Type")).contains("text/event-stream");
  }

  @Test
  void thereIsAPlaceForSoManyAndItIsFreeAgainWhenOneLeaves() throws Exception {
    try (Listener first = new Listener(ALL)) {
      first.next("retry: ");
      try (Listener second = new Listener(ALL)) {
        second.next("retry: ");
        HttpResponse<String> third = server.get(ALL);
        assertThat(third.statusCode()).isEqualTo(503);
        assertThat(third.headers().firstValue("Content-Type")).contains(Problem.MEDIA_TYPE);
        assertThat(third.headers().firstValue("Retry-After")).isPresent();
        assertThat(third.body()).contains("too_many_event_clients");
        assertThat(gauge("streaminfa_event_clients")).isEqualTo(2);
        assertThat(gauge("streaminfa_event_clients_dropped_total{reason=\"too_many\"}"))
            .isEqualTo(1);
      }
      Awaitility.await()
          .untilAsserted(() -> assertThat(gauge("streaminfa_event_clients")).isEqualTo(1));
    }
  }

  @Test
  void oneWhoReadsAByteNowAndThenIsCutOffAndNobodyWaitsForIt() throws Exception {
    StreamId id = make();
    try (Socket slow = new Socket();
        Listener quick = new Listener(ALL)) {
      quick.next("retry: ");
      slow.setReceiveBufferSize(4_096);
      slow.setSoTimeout(10_000);
      slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      slow.getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nLast-Event-ID: 0\r\n\r\n"
                  .formatted(ALL, ControlServer.TOKEN)
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream drip = slow.getInputStream();
      assertThat(drip.read()).isEqualTo('H');
      // More than the sockets' buffers take, in events of 64 KiB.
      String words = "x".repeat(60_000);
      int told = 0;
      while (gauge("streaminfa_event_clients_dropped_total{reason=\"too_slow\"}") == 0) {
        if (told < 300) {
          events
              .store()
              .save(
                  streams.find(id).orElseThrow(),
                  new io.streaminfa.stream.StreamEvent.Failed(
                      id, Instant.now(), new io.streaminfa.stream.StreamFailure("c", words)));
          events.feed().wake();
          assertThat(quick.event().get("type").textValue()).isEqualTo("stream_failed");
          told++;
        }
        assertThat(drip.read()).isPositive();
      }
      assertThat(gauge("streaminfa_event_clients")).isEqualTo(1);
      assertThat(quick.next(": ")).isEqualTo(": ");
    }
  }

  @Test
  void theEndOfTheServerEndsTheAnswerWell() throws Exception {
    try (Listener listener = new Listener(ALL)) {
      listener.next("retry: ");
      events.stop();
      // The last chunk: the answer is complete, and not cut off.
      assertThat(listener.next("0")).isEqualTo("0");
    }
  }
}
