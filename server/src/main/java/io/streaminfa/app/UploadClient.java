package io.streaminfa.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.function.DoubleConsumer;

/** Sends a file to a server's API and asks what became of it. */
final class UploadClient implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();
  private final ObjectMapper json = new ObjectMapper();
  private final String base;
  private final String token;

  /** What the server refused, in its words. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /**
   * @param base of the server's URLs, without a slash at its end
   */
  UploadClient(String base, String token) {
    this.base = base;
    this.token = token;
  }

  /**
   * Sends the file.
   *
   * @param progress told the part that is sent, 0 to 1
   * @return the stream that it becomes
   */
  JsonNode send(Path file, DoubleConsumer progress)
      throws Refused, IOException, InterruptedException {
    String boundary = "streaminfa-" + UUID.randomUUID();
    String head =
        "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
                .formatted(boundary, quoted(file))
            + "Content-Type: application/octet-stream\r\n\r\n";
    BodyPublisher body =
        BodyPublishers.concat(
            BodyPublishers.ofString(head),
            content(file, progress),
            BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
    // No timeout for the whole: the server watches that bytes come.
    HttpRequest request =
        request("/api/v1/upload")
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .header("Idempotency-Key", boundary)
            .POST(body)
            .build();
    return answer(request, 202);
  }

  /** RFC 7578, 4.2, and the HTML standard: what would end the name is percent-encoded. */
  private static String quoted(Path file) {
    return String.valueOf(file.getFileName())
        .replace("\"", "%22")
        .replace("\r", "%0D")
        .replace("\n", "%0A");
  }

  private static BodyPublisher content(Path file, DoubleConsumer progress) throws IOException {
    long size = Files.size(file);
    if (size == 0) {
      return BodyPublishers.noBody();
    }
    BodyPublisher stream = BodyPublishers.ofInputStream(() -> counted(file, size, progress));
    return BodyPublishers.fromPublisher(stream, size);
  }

  private static InputStream counted(Path file, long size, DoubleConsumer progress) {
    try {
      return new FilterInputStream(Files.newInputStream(file)) {
        private long sent;

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
          int count = super.read(target, offset, length);
          sent += Math.max(0, count);
          progress.accept(Math.min(1, (double) sent / size));
          return count;
        }
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The stream as it is now. */
  JsonNode stream(String id) throws Refused, IOException, InterruptedException {
    return answer(request("/api/v1/streams/" + id).timeout(ANSWER_TIMEOUT).GET().build(), 200);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .header("Authorization", "Bearer " + token)
        .header("Accept", "application/json, application/problem+json");
  }

  private JsonNode answer(HttpRequest request, int expected)
      throws Refused, IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    JsonNode body;
    try {
      body = json.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new Refused("the server answered " + response.statusCode() + " and no JSON");
    }
    if (response.statusCode() != expected && response.statusCode() != 200) {
      throw new Refused(
          "%s (%d %s)"
              .formatted(
                  body.path("detail").asText(), response.statusCode(), body.path("code").asText()));
    }
    return body;
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }
}
