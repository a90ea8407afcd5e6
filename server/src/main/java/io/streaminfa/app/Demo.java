package io.streaminfa.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streaminfa.auth.AdminTokenFile;
import io.streaminfa.config.Config;
import io.streaminfa.ingest.rtmp.RtmpPublisher;
import io.streaminfa.transcode.DemoSource;
import io.streaminfa.transcode.WorkerCommand;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * Publishes a test picture to this server as any encoder would: makes the stream through the API,
 * sends it through the RTMP port, and tells a newcomer what to type next.
 */
final class Demo implements AutoCloseable {
  private static final Duration API_TIMEOUT = Duration.ofSeconds(10);
  private static final String HOST = "127.0.0.1";

  private final DemoSource source;

  private Demo(DemoSource source) {
    this.source = source;
  }

  /**
   * @param config of the running server
   * @throws IOException when the server does not take the stream
   */
  static Demo start(Server server, Config config, PrintWriter out)
      throws IOException, InterruptedException {
    String base = "http://" + HOST + ":" + server.controlPort();
    JsonNode stream = createStream(base, token(config));
    RtmpPublisher publisher =
        RtmpPublisher.open(HOST, server.rtmpPort(), "live", stream.path("stream_key").asText());
    DemoSource source =
        DemoSource.open(WorkerCommand.ofThisProcess(), size(), new FrameRate(30, 1), publisher);
    announce(out, stream, base, server.rtmpPort(), tokenForShell(config));
    return new Demo(source);
  }

  private static String token(Config config) throws IOException {
    return config.auth().adminBearerTokens().isEmpty()
        ? AdminTokenFile.readOrCreate(config.server().dataDir())
        : config.auth().adminBearerTokens().getFirst();
  }

  /** A configured token is a secret that its owner knows; it is not for the terminal. */
  private static String tokenForShell(Config config) {
    return config.auth().adminBearerTokens().isEmpty()
        ? "$(cat " + AdminTokenFile.in(config.server().dataDir()) + ")"
        : "ADMIN_TOKEN";
  }

  /** Three rungs from 1080p want more than the two cores that 720p can do with. */
  private static Resolution size() {
    return Runtime.getRuntime().availableProcessors() < 4
        ? new Resolution(1280, 720)
        : new Resolution(1920, 1080);
  }

  private static JsonNode createStream(String base, String token)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/api/v1/streams"))
            .timeout(API_TIMEOUT)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"ingest_type\":\"rtmp\",\"metadata\":{\"title\":\"demo\"},\"record\":false}"))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
      if (answer.statusCode() != 201) {
        throw new IOException("the demo's stream was refused: " + answer.body());
      }
      return new ObjectMapper().readTree(answer.body());
    }
  }

  private static void announce(
      PrintWriter out, JsonNode stream, String base, int rtmpPort, String token) {
    out.printf(
        """

        A test picture is being published; it can be watched in a few seconds.

          Watch     %s
          Playback  %s

        A stream of your own:

          curl -X POST %s/api/v1/streams \\
            -H "Authorization: Bearer %s" \\
            -H "Content-Type: application/json" -d '{"ingest_type":"rtmp"}'
          ffmpeg -re -i FILE -c:v libx264 -g 60 -c:a aac -f flv rtmp://%s:%d/live/STREAM_KEY

        Ctrl-C stops the server.

        """,
        stream.path("watch_url").asText(),
        stream.path("playback_url").asText(),
        base,
        token,
        HOST,
        rtmpPort);
    out.flush();
  }

  @Override
  public void close() {
    source.close();
  }
}
