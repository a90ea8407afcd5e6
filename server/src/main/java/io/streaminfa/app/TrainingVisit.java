package io.streaminfa.app;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a started server for what its first visitors will, so that those classes are loaded. */
final class TrainingVisit {
  private static final Logger log = LoggerFactory.getLogger(TrainingVisit.class);

  private static final List<String> PATHS =
      List.of(
          "/readyz", "/healthz", "/metrics", "/api/v1/streams", "/streams/none/master.m3u8", "/");

  private static final String JSON = "Content-Type: application/json\r\n";
  private static final Pattern LOCATION =
      Pattern.compile(
          "^location: (?:http://[^/]+)?(\\S+)", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
  private static final Pattern STREAM_ID = Pattern.compile("\"stream_id\":\"([^\"]+)\"");
  private static final int TIMEOUT_MS = 10_000;

  /** More than any of those answers. */
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  private final int port;
  private final String token;

  /**
   * @param token an admin's
   */
  TrainingVisit(int port, String token) {
    this.port = port;
    this.token = token;
  }

  void run() throws IOException {
    for (String path : PATHS) {
      send("GET", path, "", "");
    }
    visitAsAdmin();
  }

  /** A stream's life without a publisher, an upload that begins and one that is refused. */
  private void visitAsAdmin() throws IOException {
    String made = send("POST", "/api/v1/streams", JSON, "{\"ingest_type\":\"rtmp\"}");
    send("GET", "/api/v1/streams", "", "");
    Matcher id = STREAM_ID.matcher(made);
    if (id.find()) {
      String stream = "/api/v1/streams/" + id.group(1);
      send("GET", stream, "", "");
      send("GET", "/streams/" + id.group(1) + "/master.m3u8", "", "");
      send("GET", "/watch/" + id.group(1), "", "");
      send("DELETE", stream, "", "");
    }
    String tus = "Tus-Resumable: 1.0.0\r\nUpload-Length: 1000\r\n";
    Matcher upload = LOCATION.matcher(send("POST", "/api/v1/uploads", tus, ""));
    if (upload.find()) {
      send("HEAD", upload.group(1), tus, "");
      send("DELETE", upload.group(1), tus, "");
    }
    send("POST", "/api/v1/upload", "Content-Type: text/plain\r\n", "no form");
  }

  /** The whole answer. */
  private String send(String method, String path, String fields, String body) throws IOException {
    String request =
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Authorization: Bearer "
            + token
            + "\r\n"
            + fields
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      String answer = new String(in.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8);
      if (!answer.startsWith("HTTP/1.1 ")) {
        throw new IOException("no answer to " + path);
      }
      log.info("{} {}: {}", method, path, answer.lines().findFirst().orElseThrow());
      return answer;
    }
  }
}
