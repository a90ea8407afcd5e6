package io.streaminfa.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class TrainingVisitTest {
  @Test
  void theFirstVisitorsPathsAreAskedFor() throws IOException {
    List<String> paths = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          paths.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().add("Location", "http://localhost/api/v1/uploads/u1");
          byte[] answer = "{\"stream_id\":\"s1\"}".getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    try {
      new TrainingVisit(server.getAddress().getPort(), "token").run();
    } finally {
      server.stop(0);
    }
    assertThat(paths)
        .contains(
            "GET /readyz",
            "GET /metrics",
            "GET /streams/none/master.m3u8",
            "POST /api/v1/streams",
            "DELETE /api/v1/streams/s1",
            "POST /api/v1/uploads",
            "DELETE /api/v1/uploads/u1");
  }

  @Test
  void aServerThatIsNotThereFailsTheTraining() {
    assertThatIOException().isThrownBy(() -> new TrainingVisit(1, "token").run());
  }
}
