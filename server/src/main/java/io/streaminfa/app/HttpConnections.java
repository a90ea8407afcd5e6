package io.streaminfa.app;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.delivery.OriginHandler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open connections of the HTTP server: never more than a limit, and none that keeps its first
 * request to itself. A byte now and then satisfies an idle timeout; it does not satisfy this one.
 */
final class HttpConnections {
  /** A player has one to six. */
  static final int MAX_OPEN = 10_000;

  /** Browsers open connections ahead of need, and open them again when they are closed. */
  static final Duration FIRST_REQUEST = Duration.ofSeconds(15);

  private static final Logger log = LoggerFactory.getLogger(HttpConnections.class);

  private final Vertx vertx;
  private final OriginHandler origin;
  private final int maxOpen;
  private final long firstRequestMs;
  private final Counter refused;
  private final AtomicInteger open = new AtomicInteger();

  /** Connections without a request so far, and the timers that close them. */
  private final ConcurrentMap<HttpConnection, Long> silent = new ConcurrentHashMap<>();

  /**
   * @param firstRequest from accept to the end of the first request's header fields
   */
  HttpConnections(
      Vertx vertx,
      OriginHandler origin,
      PrometheusRegistry registry,
      int maxOpen,
      Duration firstRequest) {
    this.vertx = vertx;
    this.origin = origin;
    this.maxOpen = maxOpen;
    this.firstRequestMs = firstRequest.toMillis();
    refused =
        Counter.builder()
            .name("streaminfa_delivery_connections_refused_total")
            .help("HTTP connections closed: too many, or without a request in time.")
            .labelNames("reason")
            .register(registry);
  }

  /** For the server's {@code connectionHandler}. */
  void opened(HttpConnection connection) {
    if (open.incrementAndGet() > maxOpen) {
      open.decrementAndGet();
      refuse(connection, "too_many_connections");
      return;
    }
    origin.connected();
    connection.closeHandler(_ -> closed(connection));
    silent.put(connection, vertx.setTimer(firstRequestMs, _ -> expired(connection)));
  }

  /** The header fields of a request are complete. */
  void requested(HttpServerRequest request) {
    stopTimer(request.connection());
  }

  private void closed(HttpConnection connection) {
    stopTimer(connection);
    open.decrementAndGet();
    origin.disconnected();
  }

  private void stopTimer(HttpConnection connection) {
    Long timer = silent.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }

  private void expired(HttpConnection connection) {
    if (silent.remove(connection) != null) {
      refuse(connection, "request_timeout");
    }
  }

  private void refuse(HttpConnection connection, String reason) {
    refused.labelValues(reason).inc();
    log.debug("Closed the connection of {}: {}", connection.remoteAddress(), reason);
    var _ = connection.close();
  }
}
