package io.streaminfa.app;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.control.ControlApi;
import io.streaminfa.control.ControlSettings;
import io.streaminfa.delivery.OriginHandler;
import io.streaminfa.delivery.WatchPage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one HTTP server: players' requests go straight to the origin, all else through the router.
 */
final class HttpEndpoint {
  private static final Logger log = LoggerFactory.getLogger(HttpEndpoint.class);

  /** A connection on which nothing moves for so long is closed. */
  private static final int IDLE_TIMEOUT_SECS = 75;

  private static final int ACCEPT_BACKLOG = 1024;
  private static final Duration START_DEADLINE = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final HttpServer server;
  private final ControlSettings settings;

  HttpEndpoint(
      ControlSettings settings,
      OriginHandler origin,
      ControlApi control,
      WatchPage watchPage,
      PrometheusRegistry prometheus) {
    this.settings = settings;
    vertx =
        Vertx.builder()
            .with(
                new VertxOptions()
                    .setPreferNativeTransport(true)
                    .setFileSystemOptions(
                        new FileSystemOptions()
                            .setFileCachingEnabled(false)
                            .setClassPathResolvingEnabled(false)))
            .build();
    if (!vertx.isNativeTransportEnabled()) {
      log.warn("the native transport is not available; HTTP runs on NIO, which costs more CPU");
    }
    Router router = Router.router(vertx);
    control.mount(router);
    watchPage.mount(router);
    control.mountFallback(router);
    HttpConnections connections =
        new HttpConnections(
            vertx, origin, prometheus, HttpConnections.MAX_OPEN, HttpConnections.FIRST_REQUEST);
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost(settings.host())
                    .setPort(settings.controlPort())
                    .setAcceptBacklog(ACCEPT_BACKLOG)
                    .setIdleTimeout(IDLE_TIMEOUT_SECS)
                    // No player speaks HTTP/2 in clear text, and to offer it is to wait for a
                    // connection's first bytes before it is counted.
                    .setHttp2ClearTextEnabled(false)
                    .setTcpNoDelay(true)
                    .setReuseAddress(true))
            .connectionHandler(connections::opened)
            .requestHandler(
                request -> {
                  connections.requested(request);
                  route(request, origin, router);
                });
  }

  private static void route(HttpServerRequest request, OriginHandler origin, Router router) {
    String path = request.path();
    if (path != null && path.startsWith("/streams/")) {
      origin.handle(request);
    } else {
      router.handle(request);
    }
  }

  /** Listens when this returns. */
  void start() throws IOException, InterruptedException {
    try {
      await(server.listen(), START_DEADLINE);
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "HTTP cannot listen on "
              + settings.host()
              + ":"
              + settings.controlPort()
              + ": "
              + cause.getMessage(),
          cause);
    }
    log.info("HTTP is listening on {}:{}", settings.host(), port());
  }

  int port() {
    return server.actualPort();
  }

  /** Ends the connections and the event loops. */
  void close(Duration deadline) throws InterruptedException {
    try {
      await(vertx.close(), deadline);
    } catch (ExecutionException | TimeoutException e) {
      log.warn("HTTP did not close cleanly: {}", e.toString());
    }
  }

  private static <T> void await(Future<T> future, Duration deadline)
      throws ExecutionException, InterruptedException, TimeoutException {
    future
        .toCompletionStage()
        .toCompletableFuture()
        .get(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }
}
