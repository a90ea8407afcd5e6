package io.streaminfa.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.streaminfa.delivery.CacheSettings;
import io.streaminfa.delivery.DeliveryMetrics;
import io.streaminfa.delivery.DeliverySettings;
import io.streaminfa.delivery.OriginHandler;
import io.streaminfa.packager.LivePlaylists;
import io.streaminfa.packager.PublishedPlaylist;
import io.streaminfa.storage.MemoryObjectStore;
import io.streaminfa.storage.ObjectKey;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HttpConnectionsTest {
  private static final int MAX_OPEN = 3;
  private static final Duration PATIENT = Duration.ofMinutes(1);
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private int serve(Duration firstRequest) {
    OriginHandler origin =
        new OriginHandler(
            new NothingLive(),
            new MemoryObjectStore(1 << 20),
            new DeliverySettings("no-cache", "max-age=1", List.of("*")),
            new CacheSettings(true, 1 << 20, Duration.ofMinutes(1), Duration.ofMinutes(1)),
            new DeliveryMetrics(registry),
            Runnable::run,
            _ -> false);
    HttpConnections connections =
        new HttpConnections(vertx, origin, registry, MAX_OPEN, firstRequest);
    return vertx
        .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
        .connectionHandler(connections::opened)
        .requestHandler(
            request -> {
              connections.requested(request);
              request.response().end("here");
            })
        .listen(0, "127.0.0.1")
        .await()
        .actualPort();
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static String ask(Socket socket) throws IOException {
    socket.getOutputStream().write(REQUEST.getBytes(ISO_8859_1));
    byte[] answer = new byte[4096];
    int length = socket.getInputStream().read(answer);
    return length < 0 ? "" : new String(answer, 0, length, ISO_8859_1);
  }

  private double refused(String reason) {
    return registry.scrape("streaminfa_delivery_connections_refused"::equals).stream()
        .map(CounterSnapshot.class::cast)
        .flatMap(counter -> counter.getDataPoints().stream())
        .filter(point -> point.getLabels().equals(Labels.of("reason", reason)))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  private double open() {
    return registry.scrape("streaminfa_delivery_active_connections"::equals).stream()
        .map(GaugeSnapshot.class::cast)
        .mapToDouble(gauge -> gauge.getDataPoints().getFirst().getValue())
        .sum();
  }

  @Test
  void aByteNowAndThenDoesNotProlongTheTimeForARequest() throws Exception {
    int port = serve(Duration.ofMillis(500));
    try (Socket slow = connect(port)) {
      InputStream in = slow.getInputStream();
      Thread trickle = Thread.ofVirtual().start(() -> trickle(slow));
      try {
        assertThat(in.read()).isNegative();
      } catch (SocketException reset) {
        assertThat(reset).hasMessageContaining("reset");
      }
      trickle.join();
    }
    await().until(() -> refused("request_timeout") == 1 && open() == 0);
  }

  /** Until the other side closes, which a write notices. */
  private static void trickle(Socket socket) {
    byte[] head = (REQUEST.stripTrailing() + "\r\nX: " + "x".repeat(100_000)).getBytes(ISO_8859_1);
    try {
      for (byte b : head) {
        socket.getOutputStream().write(b);
        LockSupport.parkNanos(20_000_000);
      }
    } catch (IOException closed) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aConnectionThatHasAskedMayRest() throws Exception {
    int port = serve(Duration.ofMillis(300));
    try (Socket silent = connect(port);
        Socket resting = connect(port)) {
      assertThat(ask(resting)).startsWith("HTTP/1.1 200");
      assertThat(silent.getInputStream().read()).isNegative();
      assertThat(ask(resting)).startsWith("HTTP/1.1 200");
    }
    await().until(() -> open() == 0);
    assertThat(refused("request_timeout")).isOne();
  }

  @Test
  void oneConnectionTooManyIsClosedAndTheOthersStay() throws Exception {
    int port = serve(PATIENT);
    try (Socket first = connect(port);
        Socket second = connect(port);
        Socket third = connect(port)) {
      await().until(() -> open() == MAX_OPEN);
      try (Socket oneTooMany = connect(port)) {
        assertThat(oneTooMany.getInputStream().read()).isNegative();
      }
      assertThat(refused("too_many_connections")).isOne();
      for (Socket socket : List.of(first, second, third)) {
        assertThat(ask(socket)).startsWith("HTTP/1.1 200");
      }
    }
    await().until(() -> open() == 0);
    try (Socket again = connect(port)) {
      assertThat(ask(again)).startsWith("HTTP/1.1 200");
    }
  }

  private static final class NothingLive implements LivePlaylists {
    @Override
    public Optional<PublishedPlaylist> playlist(ObjectKey key) {
      return Optional.empty();
    }

    @Override
    public Optional<ByteBuffer> media(ObjectKey key) {
      return Optional.empty();
    }
  }
}
