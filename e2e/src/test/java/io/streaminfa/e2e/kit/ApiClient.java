package io.streaminfa.e2e.kit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The REST API as an operator's script uses it. */
public final class ApiClient implements AutoCloseable {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration UPLOAD_TIMEOUT = Duration.ofMinutes(4);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI base;
  private final String token;
  private final int rtmpPort;

  ApiClient(URI base, String token, int rtmpPort) {
    this.base = base;
    this.token = token;
    this.rtmpPort = rtmpPort;
  }

  /**
   * A stream that was made.
   *
   * @param publishUrl where an encoder with one address field publishes to, with the key
   * @param key the stream key, as shown this once
   * @param master the multivariant playlist
   * @param watch the page with the player
   */
  public record LiveStream(String id, String key, String publishUrl, URI master, URI watch) {}

  /** An answer: the status, and the JSON document or a missing node. */
  public record Answer(int status, JsonNode body, HttpHeaders headers) {
    static Answer of(HttpResponse<byte[]> response) throws IOException {
      return new Answer(response.statusCode(), JSON.readTree(response.body()), response.headers());
    }
  }

  /** Makes a stream that waits for a publisher. */
  public LiveStream createLive() throws IOException, InterruptedException {
    return create("{\"ingest_type\":\"rtmp\"}");
  }

  /** The same, of which only the last window stays. */
  public LiveStream createUnrecorded() throws IOException, InterruptedException {
    return create("{\"ingest_type\":\"rtmp\",\"record\":false}");
  }

  /** Makes a stream that waits for a file. */
  public String createUpload() throws IOException, InterruptedException {
    Answer answer = send("POST", "api/v1/streams", "{\"ingest_type\":\"upload\"}");
    String id = answer.body().path("stream_id").asText();
    if (answer.status() != 201 || id.isEmpty()) {
      throw new IOException("creating a stream answered " + answer);
    }
    return id;
  }

  private LiveStream create(String document) throws IOException, InterruptedException {
    Answer answer = send("POST", "api/v1/streams", document);
    if (answer.status() != 201) {
      throw new IOException("creating a stream answered " + answer);
    }
    JsonNode body = answer.body();
    String id = body.path("stream_id").asText();
    String key = body.path("stream_key").asText();
    String address = body.path("rtmp_url").asText();
    if (id.isEmpty() || key.isEmpty() || !address.contains(":" + rtmpPort)) {
      throw new IOException("a new stream without id, key or address: " + body);
    }
    String publishUrl = address.endsWith(key) ? address : address + "/" + key;
    return new LiveStream(
        id,
        key,
        publishUrl,
        base.resolve("streams/" + id + "/master.m3u8"),
        base.resolve("watch/" + id));
  }

  /** Sends a file in one request, which makes a stream of its own. */
  public Answer upload(Path file) throws IOException, InterruptedException {
    return upload(file, "");
  }

  /** The same for a stream that was made before. */
  public Answer upload(Path file, String streamId) throws IOException, InterruptedException {
    String boundary = "e2e-" + UUID.randomUUID();
    String part = "--" + boundary + "\r\nContent-Disposition: form-data; name=";
    String head =
        (streamId.isEmpty() ? "" : part + "\"stream_id\"\r\n\r\n" + streamId + "\r\n")
            + part
            + "\"file\"; filename=\"%s\"\r\n\r\n".formatted(file.getFileName());
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve("api/v1/upload"))
            .timeout(UPLOAD_TIMEOUT)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .POST(
                BodyPublishers.concat(
                    BodyPublishers.ofString(head),
                    BodyPublishers.ofFile(file),
                    BodyPublishers.ofString("\r\n--" + boundary + "--\r\n")))
            .build();
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return Answer.of(response);
  }

  /** A file that was taken, as the stream that it becomes; it has no key. */
  public LiveStream uploaded(Path file) throws IOException, InterruptedException {
    Answer answer = upload(file);
    String id = answer.body().path("stream_id").asText();
    if (answer.status() != 202 || id.isEmpty()) {
      throw new IOException("an upload answered " + answer);
    }
    return new LiveStream(
        id, "", "", base.resolve("streams/" + id + "/master.m3u8"), base.resolve("watch/" + id));
  }

  public Answer get(String id) throws IOException, InterruptedException {
    return send("GET", "api/v1/streams/" + id, "");
  }

  public Answer delete(String id) throws IOException, InterruptedException {
    return send("DELETE", "api/v1/streams/" + id, "");
  }

  public Answer stop(String id) throws IOException, InterruptedException {
    return send("POST", "api/v1/streams/" + id + "/stop", "");
  }

  public Answer rotateKey(String id) throws IOException, InterruptedException {
    return send("POST", "api/v1/streams/" + id + "/rotate-key", "");
  }

  public String status(String id) throws IOException, InterruptedException {
    return get(id).body().path("status").asText();
  }

  /** Waits until the stream has a status; the stream's whole record is in the failure's text. */
  public void awaitStatus(String id, String status, Duration atMost)
      throws IOException, InterruptedException {
    try {
      Awaitility.await(status)
          .atMost(atMost)
          .pollInterval(Duration.ofMillis(200))
          .until(() -> status(id).equals(status));
    } catch (ConditionTimeoutException e) {
      throw new IOException("not " + status + " after " + atMost + ": " + get(id), e);
    }
  }

  private Answer send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(REQUEST_TIMEOUT)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return Answer.of(response);
  }

  @Override
  public void close() {
    http.close();
  }
}
