package io.streaminfa.storage.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.streaminfa.storage.StorageSettings;
import io.streaminfa.storage.StorageSettings.Backend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A service that answers what it is told: one answer for each request, the last for all others. */
final class ScriptedS3 implements AutoCloseable {
  static final String SECRET = "a-secret-that-nobody-may-see";

  /**
   * @param sentBytes fewer than the body has: the connection breaks; -1: no answer at all
   */
  record Answer(int status, Map<String, String> headers, String body, int sentBytes) {
    static Answer of(int status, String body) {
      return new Answer(status, Map.of(), body, body.length());
    }

    static Answer error(int status, String code) {
      return of(
          status,
          code.isEmpty()
              ? "<html>not S3</html>"
              : "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>told</Message></Error>"
                  .formatted(code));
    }

    static Answer object(String body) {
      return of(200, body).with("ETag", "\"tag\"");
    }

    static Answer silence() {
      return new Answer(0, Map.of(), "", -1);
    }

    Answer with(String header, String value) {
      Map<String, String> all = new java.util.HashMap<>(headers);
      all.put(header, value);
      return new Answer(status, Map.copyOf(all), body, sentBytes);
    }

    Answer cutAfter(int bytes) {
      return new Answer(status, headers, body, bytes);
    }
  }

  private final HttpServer server;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Answer> answers;
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch closing = new CountDownLatch(1);

  ScriptedS3(Answer... answers) throws IOException {
    this.answers = List.of(answers);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(executor);
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    int number;
    synchronized (requests) {
      number = requests.size();
      requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    }
    Answer answer = answers.get(Math.min(number, answers.size() - 1));
    if (answer.sentBytes() < 0) {
      try {
        closing.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      exchange.close();
      return;
    }
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    byte[] body = answer.body().getBytes(UTF_8);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(answer.status(), -1);
    } else {
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body, 0, answer.sentBytes());
      exchange.getResponseBody().flush();
    }
    exchange.close();
  }

  /** Method and path of each request, in order. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  /** Its settings, with three retries. */
  StorageSettings settings() {
    return settings("http://127.0.0.1:" + server.getAddress().getPort(), Duration.ofSeconds(20));
  }

  static StorageSettings settings(String endpoint, Duration requestTimeout) {
    return new StorageSettings(
        Backend.S3,
        endpoint,
        "media",
        "an-access-key",
        SECRET,
        "us-east-1",
        true,
        3,
        Duration.ofMillis(100),
        requestTimeout,
        1L << 30);
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    executor.shutdownNow();
  }
}
