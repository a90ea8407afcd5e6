package io.streaminfa.control;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.prometheus.metrics.core.metrics.Counter;
import io.streaminfa.auth.AdminAuthenticator;
import io.streaminfa.events.OutboxException;
import io.streaminfa.ingest.upload.RequestBody;
import io.streaminfa.ingest.upload.UploadRejected;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.StreamException;
import io.streaminfa.webhooks.WebhookException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Takes a request from the event loop to its endpoint and back: credentials, content type and body
 * on the event loop, the endpoint on a virtual thread, the answer on the event loop again.
 */
final class Dispatcher {
  /** Requests that run at once; more are refused with 503. */
  static final int MAX_CONCURRENT_REQUESTS = 256;

  /** For a whole JSON body. */
  static final Duration BODY_DEADLINE = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  private final AdminAuthenticator admins;
  private final ExecutorService virtualThreads;
  private final Counter uncaughtExceptions;
  private final long maxJsonBodyBytes;
  private final Duration bodyDeadline;
  private final Semaphore permits = new Semaphore(MAX_CONCURRENT_REQUESTS);

  Dispatcher(
      AdminAuthenticator admins,
      ExecutorService virtualThreads,
      Counter uncaughtExceptions,
      long maxJsonBodyBytes,
      Duration bodyDeadline) {
    this.admins = admins;
    this.virtualThreads = virtualThreads;
    this.uncaughtExceptions = uncaughtExceptions;
    this.maxJsonBodyBytes = maxJsonBodyBytes;
    this.bodyDeadline = bodyDeadline;
  }

  /** Serves one request of an endpoint. On the event loop. */
  void serve(Endpoint endpoint, RoutingContext routing) {
    ApiExchange exchange = new ApiExchange(routing);
    if (endpoint.access() == Endpoint.Access.ADMIN && !admitted(exchange)) {
      return;
    }
    switch (endpoint.body()) {
      case NONE -> dispatch(endpoint, exchange, Buffer.buffer(), Optional.empty());
      case JSON -> readJson(endpoint, exchange);
      case ARRIVING ->
          dispatch(endpoint, exchange, Buffer.buffer(), Optional.of(exchange.arrivingBody()));
    }
  }

  private boolean admitted(ApiExchange exchange) {
    HttpServerRequest request = exchange.request();
    Optional<String> authorization =
        Optional.ofNullable(request.getHeader(HttpHeaders.AUTHORIZATION));
    return switch (admins.authenticate(remoteAddress(request), authorization)) {
      case AdminAuthenticator.Decision.Accepted() -> true;
      case AdminAuthenticator.Decision.Missing() -> {
        exchange.refuse(
            new Problem(401, "token_missing", "send \"Authorization: Bearer <admin token>\""),
            Map.of("WWW-Authenticate", "Bearer realm=\"streaminfa\""));
        yield false;
      }
      case AdminAuthenticator.Decision.Wrong() -> {
        // RFC 6750, 3.1.
        exchange.refuse(
            new Problem(401, "token_invalid", "the token is not one of this server's"),
            Map.of("WWW-Authenticate", "Bearer realm=\"streaminfa\", error=\"invalid_token\""));
        yield false;
      }
      case AdminAuthenticator.Decision.Blocked(Duration retryAfter) -> {
        exchange.refuse(
            new Problem(429, "too_many_attempts", "too many wrong tokens from this address"),
            Map.of("Retry-After", Long.toString(retryAfter.toSeconds() + 1)));
        yield false;
      }
    };
  }

  private static InetAddress remoteAddress(HttpServerRequest request) {
    @Nullable String address = request.connection().remoteAddress().hostAddress();
    // Only a Unix socket's peer has no address, and that one is on this machine.
    return address == null ? InetAddress.getLoopbackAddress() : InetAddress.ofLiteral(address);
  }

  private void readJson(Endpoint endpoint, ApiExchange exchange) {
    HttpServerRequest request = exchange.request();
    if (!isJson(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
      exchange.refuse(
          new Problem(415, "unsupported_media_type", "send application/json"),
          Map.of("Accept", "application/json"));
      return;
    }
    BodyReader.read(
        request,
        exchange.vertx(),
        maxJsonBodyBytes,
        bodyDeadline,
        result -> {
          switch (result) {
            case BodyReader.Result.Complete(var body) ->
                dispatch(endpoint, exchange, body, Optional.empty());
            case BodyReader.Result.TooLarge() ->
                exchange.refuse(
                    new Problem(
                        413,
                        "body_too_large",
                        "a JSON body may have at most " + maxJsonBodyBytes + " bytes"),
                    Map.of());
            case BodyReader.Result.TooSlow() ->
                exchange.refuse(
                    new Problem(408, "body_timeout", "the body did not arrive in time"),
                    Map.of("Connection", "close"));
          }
        });
  }

  private static boolean isJson(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    int parameters = contentType.indexOf(';');
    String mediaType = parameters < 0 ? contentType : contentType.substring(0, parameters);
    return mediaType.strip().toLowerCase(Locale.ROOT).equals("application/json");
  }

  private void dispatch(
      Endpoint endpoint, ApiExchange exchange, Buffer body, Optional<RequestBody> arriving) {
    Optional<ApiRequest> request = apiRequest(endpoint, exchange, body, arriving);
    if (request.isEmpty()) {
      exchange.refuse(new Problem(400, "malformed_url", "the URL is not encoded well"), Map.of());
      return;
    }
    // Those that stay for hours must not take the place of those that come and go.
    boolean isCounted = endpoint.answer() == Endpoint.Answer.WHOLE;
    if (isCounted && !permits.tryAcquire()) {
      exchange.refuse(
          new Problem(503, "overloaded", "too many requests at once"), Map.of("Retry-After", "1"));
      return;
    }
    Runnable release = isCounted ? permits::release : () -> {};
    try {
      virtualThreads.execute(
          () -> {
            try {
              exchange.answerFromAnyThread(run(endpoint, request.get()));
            } finally {
              release.run();
            }
          });
    } catch (RejectedExecutionException e) {
      release.run();
      exchange.refuse(new Problem(503, "shutting_down", "the server is shutting down"), Map.of());
    }
  }

  private static Optional<ApiRequest> apiRequest(
      Endpoint endpoint, ApiExchange exchange, Buffer body, Optional<RequestBody> arriving) {
    HttpServerRequest request = exchange.request();
    Map<String, List<String>> query;
    try {
      query = new QueryStringDecoder(request.uri()).parameters();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    HostAndPort authority = request.authority();
    ApiRequest.Origin origin =
        new ApiRequest.Origin(
            request.isSSL() ? "https" : "http",
            Optional.ofNullable(authority).flatMap(Dispatcher::hostPort));
    return Optional.of(
        new ApiRequest(
            exchange.requestId(),
            origin,
            Map.copyOf(exchange.pathParameters()),
            query,
            request.headers(),
            body,
            arriving,
            endpoint.answer() == Endpoint.Answer.STREAMED
                ? Optional.of(exchange.streamedAnswer())
                : Optional.empty()));
  }

  /** A host that may stand in a URL; Vert.x parses more than that. */
  private static Optional<ApiRequest.HostPort> hostPort(HostAndPort authority) {
    String host = authority.host();
    boolean name = host.matches("[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})");
    boolean ipv6 = host.matches("\\[[0-9A-Fa-f:.]{2,45}]");
    int port = authority.port();
    return (name || ipv6) && (port == -1 || port >= 1 && port <= 65_535)
        ? Optional.of(new ApiRequest.HostPort(host, port))
        : Optional.empty();
  }

  private ApiResponse run(Endpoint endpoint, ApiRequest request) {
    try (MDC.MDCCloseable _ = MDC.putCloseable("request_id", request.id())) {
      return answer(endpoint, request);
    }
  }

  private ApiResponse answer(Endpoint endpoint, ApiRequest request) {
    try {
      return endpoint.action().answer(request);
    } catch (ProblemException e) {
      return problem(e.problem(), request);
    } catch (StreamException e) {
      if (e instanceof StreamException.StoreFailed) {
        log.error("state_store_failed request_id={}", request.id(), e);
      }
      return problem(Problems.of(e), request);
    } catch (UploadRejected e) {
      return ApiResponse.problem(Problems.of(e), Problems.headersOf(e), request.id());
    } catch (WebhookException e) {
      if (e.kind() == WebhookException.Kind.STORE_FAILED) {
        log.error("state_store_failed request_id={}", request.id(), e);
      }
      return problem(Problems.of(e), request);
    } catch (OutboxException e) {
      log.error("state_store_failed request_id={}", request.id(), e);
      return problem(
          new Problem(503, "state_store_failed", "the events cannot be read now"), request);
    } catch (StorageException e) {
      log.error("storage_failed request_id={}", request.id(), e);
      return problem(Problems.of(e), request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return problem(new Problem(503, "shutting_down", "the server is shutting down"), request);
    } catch (RuntimeException e) {
      uncaughtExceptions.inc();
      log.error(
          "uncaught_exception method={} route={} request_id={}",
          endpoint.method(),
          endpoint.path(),
          request.id(),
          e);
      return problem(Problems.internalError(), request);
    }
  }

  private static ApiResponse problem(Problem problem, ApiRequest request) {
    return ApiResponse.problem(problem, Map.of(), request.id());
  }
}
