package io.streaminfa.app;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a started server for what its first visitors will, so that those classes are loaded. */
final class TrainingVisit {
  private static final Logger log = LoggerFactory.getLogger(TrainingVisit.class);

  private static final List<String> PATHS =
      List.of(
          "/readyz", "/healthz", "/metrics", "/api/v1/streams", "/streams/none/master.m3u8", "/");
  private static final int TIMEOUT_MS = 10_000;

  /** More than any of those answers. */
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  private final int port;

  TrainingVisit(int port) {
    this.port = port;
  }

  void run() throws IOException {
    for (String path : PATHS) {
      log.info("{}: {}", path, get(path));
    }
  }

  /** The status line. */
  private String get(String path) throws IOException {
    String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      String answer = new String(in.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8);
      if (!answer.startsWith("HTTP/1.1 ")) {
        throw new IOException("no answer to " + path);
      }
      return answer.lines().findFirst().orElseThrow();
    }
  }
}
