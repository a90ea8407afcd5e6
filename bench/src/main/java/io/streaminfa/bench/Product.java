package io.streaminfa.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The server, started through its launcher on free ports, with data of its own. */
final class Product implements AutoCloseable {
  private static final Duration START_DEADLINE = Duration.ofMinutes(2);
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(45);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration UPLOAD_TIMEOUT = Duration.ofMinutes(10);
  private static final long READY_POLL_MS = 2;
  private static final String TOKEN = "bench-admin-token-0123456789abcdef0123456789abcdef";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final int controlPort;
  private final double readyMs;

  /** A stream that waits for its publisher. */
  record Live(URI publish, URI master) {}

  private Product(Process process, int controlPort, long startNanos) throws IOException {
    this.process = process;
    this.controlPort = controlPort;
    this.readyMs = (awaitReady() - startNanos) / 1e6;
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @param toml settings besides address, ports, data and token, as TOML from the top level on
   */
  static Product start(Home home, String name, String toml) throws IOException {
    return start(home, name, toml, List.of(home.launcher().toString()));
  }

  /**
   * @param program what stands before {@code serve}
   */
  static Product start(Home home, String name, String toml, List<String> program)
      throws IOException {
    Path directory = home.fresh("servers/" + name);
    int controlPort = freePort();
    Path config = directory.resolve("streaminfa.toml");
    Files.writeString(
        config,
        """
        server.host = "127.0.0.1"
        server.control_port = %d
        server.rtmp_port = %d
        server.data_dir = "%s"
        auth.admin_bearer_tokens = ["%s"]
        """
                .formatted(controlPort, freePort(), directory.resolve("data"), TOKEN)
            + toml);
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of("serve", "--config", config.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("server.log").toFile());
    builder.environment().keySet().removeIf(key -> key.startsWith("STREAMINFA_"));
    // Nothing but this choice of a JDK: the launcher would find another one by itself.
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    long startNanos = System.nanoTime();
    Process process = builder.start();
    try {
      return new Product(process, controlPort, startNanos);
    } catch (IOException e) {
      process.destroyForcibly();
      throw new IOException(e.getMessage() + ": see " + directory.resolve("server.log"), e);
    }
  }

  private long awaitReady() throws IOException {
    long deadlineNanos = System.nanoTime() + START_DEADLINE.toNanos();
    while (System.nanoTime() < deadlineNanos && process.isAlive()) {
      if (Ready.ask(controlPort)) {
        return System.nanoTime();
      }
      Pause.ofMillis(READY_POLL_MS);
    }
    throw new IOException("the server " + (process.isAlive() ? "is not ready" : "has ended"));
  }

  /** From the start of the launcher to the first 200 of /readyz. */
  double readyMs() {
    return readyMs;
  }

  /** The server's JVM: the launcher becomes it. */
  long pid() {
    return process.pid();
  }

  Live createLive() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/api/v1/streams"))
            .timeout(REQUEST_TIMEOUT)
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"ingest_type\":\"rtmp\"}"))
            .build();
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    JsonNode body = new ObjectMapper().readTree(response.body());
    if (response.statusCode() != 201) {
      throw new IOException("creating a stream answered " + response.statusCode() + " " + body);
    }
    String key = body.path("stream_key").asText();
    String address = body.path("rtmp_url").asText();
    return new Live(
        URI.create(address.endsWith(key) ? address : address + "/" + key),
        uri("/streams/" + body.path("stream_id").asText() + "/master.m3u8"));
  }

  /** A file that was taken. */
  record Uploaded(String id, URI master) {}

  /** Sends a file in one request, and returns when it is taken. */
  Uploaded upload(Path file) throws IOException, InterruptedException {
    String boundary = "bench-boundary";
    HttpRequest request =
        HttpRequest.newBuilder(uri("/api/v1/upload"))
            .timeout(UPLOAD_TIMEOUT)
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .POST(
                HttpRequest.BodyPublishers.concat(
                    HttpRequest.BodyPublishers.ofString(
                        "--"
                            + boundary
                            + "\r\nContent-Disposition: form-data; name=\"file\";"
                            + " filename=\"film\"\r\n\r\n"),
                    HttpRequest.BodyPublishers.ofFile(file),
                    HttpRequest.BodyPublishers.ofString("\r\n--" + boundary + "--\r\n")))
            .build();
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    JsonNode body = new ObjectMapper().readTree(response.body());
    if (response.statusCode() != 202) {
      throw new IOException("an upload answered " + response.statusCode() + " " + body);
    }
    String id = body.path("stream_id").asText();
    return new Uploaded(id, uri("/streams/" + id + "/master.m3u8"));
  }

  String status(Uploaded uploaded) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/api/v1/streams/" + uploaded.id()))
            .timeout(REQUEST_TIMEOUT)
            .header("Authorization", "Bearer " + TOKEN)
            .build();
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return new ObjectMapper().readTree(response.body()).path("status").asText();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + controlPort + path);
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** SIGTERM, and SIGKILL when it takes too long. */
  @Override
  public void close() throws IOException {
    http.close();
    process.destroy();
    try {
      if (!process.waitFor(STOP_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("the server did not stop within " + STOP_DEADLINE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
