package io.streaminfa.control;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.auth.AdminAuthenticator;
import io.streaminfa.events.EventFeed;
import io.streaminfa.events.Outbox;
import io.streaminfa.ingest.upload.Uploads;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.webhooks.Webhooks;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes of the control plane, to be mounted beside others on one router. */
public final class ControlApi implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlApi.class);
  private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);

  /** With everything behind it: /uploads too. */
  private static final String UPLOAD_ROUTES = "/api/v1/upload*";

  private final ExecutorService virtualThreads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("control-", 0).factory());
  private final List<Endpoint> endpoints;
  private final Dispatcher dispatcher;
  private final Optional<UploadCors> uploadCors;
  private final Counter uncaughtExceptions;

  /**
   * Who may upload what.
   *
   * @param corsAllowedOrigins whose pages may: {@code "*"}, or origins
   */
  public record UploadAccess(Uploads uploads, List<String> corsAllowedOrigins) {
    public UploadAccess {
      corsAllowedOrigins = List.copyOf(corsAllowedOrigins);
    }
  }

  /**
   * What happens, for those who want to hear of it.
   *
   * @param clientMetrics of those who listen
   */
  public record EventAccess(
      Outbox outbox, EventFeed feed, Webhooks webhooks, EventClientMetrics clientMetrics) {}

  /**
   * What the control plane works with.
   *
   * @param uploads empty: there are no such routes
   * @param events empty: there are no such routes
   * @param version of the server, for {@code /healthz}
   * @param prometheus what {@code /metrics} shows; empty: there is no such route
   * @param uncaughtExceptions {@code streaminfa_uncaught_exceptions_total}
   */
  public record Services(
      StreamRegistry streams,
      StreamActions actions,
      AdminAuthenticator admins,
      Optional<UploadAccess> uploads,
      Optional<EventAccess> events,
      List<ReadinessCheck> readinessChecks,
      String version,
      Optional<PrometheusRegistry> prometheus,
      Counter uncaughtExceptions) {
    public Services {
      readinessChecks = List.copyOf(readinessChecks);
    }
  }

  /**
   * @throws IllegalArgumentException when {@code server.public_url} is no URL
   */
  public ControlApi(ControlSettings settings, Services services) {
    this(
        settings,
        services,
        Dispatcher.BODY_DEADLINE,
        Readiness.CHECK_DEADLINE,
        EventsApi.Limits.STANDARD);
  }

  ControlApi(
      ControlSettings settings,
      Services services,
      Duration bodyDeadline,
      Duration checkDeadline,
      EventsApi.Limits limits) {
    uncaughtExceptions = services.uncaughtExceptions();
    PublicUrls urls = new PublicUrls(settings);
    Readiness readiness = new Readiness(services.readinessChecks(), virtualThreads, checkDeadline);
    endpoints = new ArrayList<>();
    endpoints.addAll(new StreamsApi(services.streams(), services.actions(), urls).endpoints());
    services
        .uploads()
        .ifPresent(
            access -> {
              endpoints.addAll(
                  new UploadApi(access.uploads(), services.streams(), urls).endpoints());
              endpoints.addAll(new TusApi(access.uploads().resumable(), urls).endpoints());
            });
    services
        .events()
        .ifPresent(
            access -> {
              endpoints.addAll(new EventsApi(access, services.streams(), limits).endpoints());
              endpoints.addAll(new WebhooksApi(access.webhooks()).endpoints());
            });
    uploadCors = services.uploads().map(access -> new UploadCors(access.corsAllowedOrigins()));
    endpoints.addAll(
        new HealthApi(services.version(), readiness, services.prometheus()).endpoints());
    dispatcher =
        new Dispatcher(
            services.admins(),
            virtualThreads,
            uncaughtExceptions,
            settings.maxJsonBodyBytes(),
            bodyDeadline);
  }

  /** Adds every route; other routes of the router are not touched. */
  public void mount(Router router) {
    uploadCors.ifPresent(cors -> guarded(router.route(UPLOAD_ROUTES)).handler(cors::handle));
    Map<String, Set<HttpMethod>> methodsByPath = new LinkedHashMap<>();
    for (Endpoint endpoint : endpoints) {
      Set<HttpMethod> methods =
          methodsByPath.computeIfAbsent(endpoint.path(), _ -> new LinkedHashSet<>());
      Route route = router.route(endpoint.method(), endpoint.path());
      methods.add(endpoint.method());
      if (endpoint.method().equals(HttpMethod.GET)) {
        // RFC 9110, 9.1: "All general-purpose servers MUST support the methods GET and HEAD."
        route.method(HttpMethod.HEAD);
        methods.add(HttpMethod.HEAD);
      }
      guarded(route).handler(routing -> dispatcher.serve(endpoint, routing));
    }
    methodsByPath.forEach(
        (path, methods) ->
            guarded(router.route(path)).handler(routing -> refuseMethod(routing, methods)));
    guarded(router.route("/api/*")).handler(ControlApi::refusePath);
  }

  /**
   * Adds what answers in the place of all parts of the server: a last route for paths that nobody
   * has (404), and problems for URLs that cannot be routed (400) and for defects (500).
   */
  public void mountFallback(Router router) {
    guarded(router.route().last()).handler(ControlApi::refusePath);
    // Vert.x refuses such a URL before it routes, and leaves no status in the context.
    router.errorHandler(400, routing -> refuseMalformed(routing, 400));
    router.errorHandler(500, this::fail);
  }

  /** Ends the requests that still run, after a moment. */
  @Override
  public void close() {
    virtualThreads.shutdown();
    try {
      if (!virtualThreads.awaitTermination(CLOSE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        virtualThreads.shutdownNow();
      }
    } catch (InterruptedException e) {
      virtualThreads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /** Every route, for the test that compares them with the OpenAPI document. */
  List<Endpoint> endpoints() {
    return List.copyOf(endpoints);
  }

  /** What goes wrong before or in a handler is a problem too, and not a page of HTML. */
  private Route guarded(Route route) {
    return route.failureHandler(this::fail);
  }

  private void fail(RoutingContext routing) {
    int status = status(routing);
    if (status >= 400 && status < 500) {
      refuseMalformed(routing, status);
      return;
    }
    ApiExchange exchange = new ApiExchange(routing);
    uncaughtExceptions.inc();
    log.error(
        "uncaught_exception method={} request_id={}",
        routing.request().method(),
        exchange.requestId(),
        routing.failure());
    exchange.refuse(Problems.internalError(), Map.of());
  }

  /** Vert.x names the status of its own refusals in the context or in the exception. */
  private static int status(RoutingContext routing) {
    return routing.failure() instanceof HttpException refusal
        ? refusal.getStatusCode()
        : routing.statusCode();
  }

  private static void refuseMalformed(RoutingContext routing, int status) {
    new ApiExchange(routing)
        .refuse(new Problem(status, "bad_request", "the request is malformed"), Map.of());
  }

  private static void refuseMethod(RoutingContext routing, Set<HttpMethod> methods) {
    String allowed = methods.stream().map(HttpMethod::name).collect(Collectors.joining(", "));
    new ApiExchange(routing)
        .refuse(
            new Problem(405, "method_not_allowed", "this resource has " + allowed),
            Map.of("Allow", allowed));
  }

  private static void refusePath(RoutingContext routing) {
    new ApiExchange(routing)
        .refuse(new Problem(404, "not_found", "there is no such route"), Map.of());
  }
}
