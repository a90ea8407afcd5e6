package io.streaminfa.webhooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/**
 * A receiver of webhooks that can be down, slow and out of order, and is the same when it is back.
 */
final class Receiver implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What was answered with 200, in the order of its coming. */
  final List<Received> taken = new CopyOnWriteArrayList<>();

  /** Everything that came. */
  final List<Received> seen = new CopyOnWriteArrayList<>();

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Predicate<Received> isRefused = _ -> false;
  private volatile String location = "";
  private volatile boolean slow;
  private HttpServer server;
  private final int port;

  /** A request, and when it is about a stream, which. */
  record Received(JsonNode event, String signature, String body) {
    long id() {
      return event.get("id").longValue();
    }

    String type() {
      return event.get("type").textValue();
    }

    String streamId() {
      return event.get("stream_id").textValue();
    }
  }

  Receiver() throws IOException {
    server = listen(0);
    port = server.getAddress().getPort();
  }

  private HttpServer listen(int wantedPort) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), wantedPort), 0);
    http.setExecutor(threads);
    http.createContext("/", this::receive);
    http.start();
    return http;
  }

  private void receive(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Received received =
        new Received(
            JSON.readTree(body),
            String.valueOf(exchange.getRequestHeaders().getFirst("StreamInfa-Signature")),
            new String(body, StandardCharsets.UTF_8));
    seen.add(received);
    if (slow) {
      awaitClose();
    }
    if (!location.isEmpty()) {
      exchange.getResponseHeaders().set("Location", location);
      exchange.sendResponseHeaders(302, -1);
    } else if (isRefused.test(received)) {
      exchange.sendResponseHeaders(500, -1);
    } else {
      taken.add(received);
      exchange.sendResponseHeaders(200, -1);
    }
    exchange.close();
  }

  private void awaitClose() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  String url() {
    return "http://127.0.0.1:" + port + "/hook?from=streaminfa";
  }

  int port() {
    return port;
  }

  void refuse(Predicate<Received> which) {
    isRefused = which;
  }

  void redirectTo(String target) {
    location = target;
  }

  void beSlow(boolean isSlow) {
    slow = isSlow;
  }

  void goDown() {
    server.stop(0);
  }

  void comeBack() throws IOException {
    server = listen(port);
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
