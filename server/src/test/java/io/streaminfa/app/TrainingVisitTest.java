package io.streaminfa.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
          paths.add(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try {
      new TrainingVisit(server.getAddress().getPort()).run();
    } finally {
      server.stop(0);
    }
    assertThat(paths).contains("/readyz", "/metrics", "/streams/none/master.m3u8");
  }

  @Test
  void aServerThatIsNotThereFailsTheTraining() {
    assertThatIOException().isThrownBy(() -> new TrainingVisit(1).run());
  }
}
