package io.streaminfa.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.packager.LivePlaylists;
import io.streaminfa.packager.PublishedPlaylist;
import io.streaminfa.storage.MemoryObjectStore;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.VertxInternal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** An origin over a real HTTP server on a port of its own. */
final class Origin implements AutoCloseable {
  static final DeliverySettings ANY_ORIGIN =
      new DeliverySettings("no-cache, no-store", "public, max-age=86400", List.of("*"));
  static final CacheSettings CACHE =
      new CacheSettings(true, 64 << 20, Duration.ofMinutes(5), Duration.ofHours(1));

  /** What a packager would hold. */
  static final class Live implements LivePlaylists {
    final Map<ObjectKey, PublishedPlaylist> playlists = new ConcurrentHashMap<>();
    final Map<ObjectKey, ByteBuffer> media = new ConcurrentHashMap<>();

    @Override
    public Optional<PublishedPlaylist> playlist(ObjectKey key) {
      return Optional.ofNullable(playlists.get(key));
    }

    @Override
    public Optional<ByteBuffer> media(ObjectKey key) {
      return Optional.ofNullable(media.get(key)).map(ByteBuffer::asReadOnlyBuffer);
    }
  }

  final MemoryObjectStore store = new MemoryObjectStore(256 << 20);
  final Live live = new Live();
  final Set<String> deleted = ConcurrentHashMap.newKeySet();
  final AtomicInteger blockedThreads = new AtomicInteger();
  final OriginHandler handler;
  final int port;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Vertx vertx;

  Origin() {
    this(ANY_ORIGIN, CACHE, store -> store);
  }

  Origin(DeliverySettings delivery, CacheSettings caching, UnaryOperator<ObjectStore> decorator) {
    this(delivery, caching, decorator, handler -> handler);
  }

  Origin(
      DeliverySettings delivery,
      CacheSettings caching,
      UnaryOperator<ObjectStore> decorator,
      UnaryOperator<Handler<HttpServerRequest>> wrapper) {
    handler =
        new OriginHandler(
            live,
            decorator.apply(store),
            delivery,
            caching,
            new DeliveryMetrics(registry),
            executor,
            deleted::contains);
    vertx =
        Vertx.vertx(
            new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(2)
                .setMaxEventLoopExecuteTime(250)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
                .setBlockedThreadCheckInterval(25)
                .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS));
    ((VertxInternal) vertx)
        .blockedThreadChecker()
        .setThreadBlockedHandler(event -> blockedThreads.incrementAndGet());
    HttpServer server =
        vertx
            .createHttpServer()
            .connectionHandler(
                connection -> {
                  handler.connected();
                  connection.closeHandler(_ -> handler.disconnected());
                })
            .requestHandler(wrapper.apply(handler))
            .listen(0, "127.0.0.1")
            .await();
    port = server.actualPort();
  }

  URI uri(String key) {
    return URI.create("http://127.0.0.1:" + port + "/streams/" + key);
  }

  HttpResponse<byte[]> get(String key, String... headers) throws Exception {
    return send("GET", key, headers);
  }

  HttpResponse<byte[]> send(String method, String key, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(key))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  void put(String key, byte[] data) throws Exception {
    store.put(new ObjectKey(key), ByteBuffer.wrap(data));
  }

  /** Bytes that do not compress, the same for each size. */
  static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  static String header(HttpResponse<?> response, String name) {
    return String.join("|", response.headers().allValues(name));
  }

  /** Everything the server sends until it closes the connection. */
  String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  String metrics() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.builder().build().write(out, registry.scrape());
    return out.toString(UTF_8);
  }

  @Override
  public void close() {
    vertx.close().await();
    client.close();
    executor.close();
  }
}
