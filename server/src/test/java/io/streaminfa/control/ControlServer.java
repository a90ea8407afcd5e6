package io.streaminfa.control;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.auth.AdminAuthenticator;
import io.streaminfa.auth.AttemptLimiter;
import io.streaminfa.auth.AuthMetrics;
import io.streaminfa.auth.AuthSettings;
import io.streaminfa.ingest.IngestMetrics;
import io.streaminfa.ingest.IngestSettings;
import io.streaminfa.ingest.upload.UploadMetrics;
import io.streaminfa.ingest.upload.Uploads;
import io.streaminfa.stream.KeyHash;
import io.streaminfa.stream.MemoryStreamStore;
import io.streaminfa.stream.StreamDefaults;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamMetrics;
import io.streaminfa.stream.StreamRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The control plane on a real server on a free port, and a client for it. */
final class ControlServer implements AutoCloseable {
  static final String TOKEN = "the-admin-token";
  static final String SETTINGS_KEY = "obs-in-the-studio";
  static final int MAX_BODY_BYTES = 32 * 1024;
  static final Duration BODY_DEADLINE = Duration.ofMillis(300);
  static final long MAX_UPLOAD_BYTES = 4 << 20;
  static final List<String> CORS_ORIGINS = List.of("https://studio.example");
  static final int MAX_UPLOADS = 10;
  static final Duration UPLOAD_TIMEOUT = Duration.ofSeconds(1);
  static final Duration CHECK_DEADLINE = Duration.ofMillis(200);

  final StreamRegistry streams;
  final FakeActions actions = new FakeActions();
  final FakeUploadHandler uploadHandler;
  final PrometheusRegistry prometheus = new PrometheusRegistry();
  final Counter uncaught =
      Counter.builder().name("streaminfa_uncaught_exceptions_total").register(prometheus);

  final Uploads uploads;
  final MovableClock clock = new MovableClock();
  final AtomicLong freeBytes = new AtomicLong(1L << 40);

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final EventStation events;
  private final ControlApi api;
  private final int port;

  ControlServer(Path dataDir, String publicUrl, List<ReadinessCheck> checks) throws Exception {
    this(dataDir, publicUrl, checks, MAX_UPLOAD_BYTES, openStreams());
  }

  ControlServer(
      Path dataDir,
      String publicUrl,
      List<ReadinessCheck> checks,
      long maxUploadBytes,
      StreamRegistry streams)
      throws Exception {
    this(dataDir, publicUrl, checks, maxUploadBytes, streams, EventStation.open(dataDir));
  }

  /** With events of its own: they are closed with the server. */
  ControlServer(
      Path dataDir,
      String publicUrl,
      List<ReadinessCheck> checks,
      long maxUploadBytes,
      StreamRegistry streams,
      EventStation events)
      throws Exception {
    this.streams = streams;
    this.events = events;
    this.uploadHandler = new FakeUploadHandler(streams);
    this.uploads = uploads(dataDir, maxUploadBytes);
    StreamMetrics.register(streams, prometheus);
    api =
        new ControlApi(
            new ControlSettings("127.0.0.1", 0, 1935, publicUrl, MAX_BODY_BYTES),
            new ControlApi.Services(
                streams,
                actions,
                admins(dataDir),
                Optional.of(new ControlApi.UploadAccess(uploads, CORS_ORIGINS)),
                Optional.of(events.access(prometheus)),
                checks,
                "1.2.3",
                Optional.of(prometheus),
                uncaught),
            BODY_DEADLINE,
            CHECK_DEADLINE,
            events.limits());
    Router router = Router.router(vertx);
    router.get("/streams/neighbour").handler(routing -> routing.end("not the control plane"));
    router
        .get("/streams/defect")
        .handler(
            _ -> {
              throw new IllegalStateException("a defect on the event loop");
            });
    api.mount(router);
    api.mountFallback(router);
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    port = server.actualPort();
  }

  static StreamRegistry openStreams() throws StreamException {
    return StreamRegistry.open(
        new MemoryStreamStore(),
        Clock.systemUTC(),
        new StreamDefaults(true, Set.of(KeyHash.of(SETTINGS_KEY))));
  }

  private Uploads uploads(Path dataDir, long maxUploadBytes) throws IOException {
    return Uploads.open(
        dataDir.resolve("uploads"),
        new IngestSettings(
            20_000,
            maxUploadBytes,
            List.of("h264"),
            List.of("aac", "mp3"),
            Duration.ofHours(6),
            4096,
            UPLOAD_TIMEOUT,
            50,
            5,
            MAX_UPLOADS,
            100,
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30)),
        uploadHandler,
        new UploadMetrics(prometheus, IngestMetrics.register(prometheus)),
        clock,
        freeBytes::get);
  }

  private AdminAuthenticator admins(Path dataDir) throws IOException {
    AuthSettings settings =
        new AuthSettings(
            List.of(SETTINGS_KEY),
            List.of(TOKEN),
            5,
            Duration.ofSeconds(60),
            Duration.ofMinutes(5));
    return AdminAuthenticator.open(
        settings,
        dataDir,
        new AttemptLimiter(settings, System::nanoTime),
        new AuthMetrics(prometheus));
  }

  int port() {
    return port;
  }

  ControlApi api() {
    return api;
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20));
  }

  HttpRequest.Builder asAdmin(String path) {
    return request(path).header("Authorization", "Bearer " + TOKEN);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(asAdmin(path).GET());
  }

  HttpResponse<String> post(String path) throws IOException, InterruptedException {
    return send(asAdmin(path).POST(HttpRequest.BodyPublishers.noBody()));
  }

  HttpResponse<String> json(String method, String path, String body)
      throws IOException, InterruptedException {
    return send(
        asAdmin(path)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body)));
  }

  @Override
  public void close() {
    client.shutdownNow();
    uploads.close();
    events.stop();
    api.close();
    vertx.close().toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    events.close();
  }
}
