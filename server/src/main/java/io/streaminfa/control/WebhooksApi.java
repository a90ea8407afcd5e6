package io.streaminfa.control;

import io.streaminfa.stream.StreamId;
import io.streaminfa.webhooks.Delivery;
import io.streaminfa.webhooks.Webhook;
import io.streaminfa.webhooks.WebhookException;
import io.streaminfa.webhooks.Webhooks;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The receivers of events over HTTP. */
final class WebhooksApi {
  private static final String WEBHOOKS = "/api/v1/webhooks";
  private static final String WEBHOOK = WEBHOOKS + "/:id";
  private static final int DEFAULT_FAILURES = 100;

  private final Webhooks webhooks;

  WebhooksApi(Webhooks webhooks) {
    this.webhooks = webhooks;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.adminJson(HttpMethod.POST, WEBHOOKS, this::create),
        Endpoint.admin(HttpMethod.GET, WEBHOOKS, _ -> list()),
        Endpoint.admin(HttpMethod.GET, WEBHOOK, this::get),
        Endpoint.admin(HttpMethod.DELETE, WEBHOOK, this::delete),
        Endpoint.admin(HttpMethod.GET, WEBHOOK + "/failures", this::failures),
        Endpoint.admin(HttpMethod.POST, WEBHOOK + "/replay", this::replay));
  }

  private ApiResponse create(ApiRequest request) throws ProblemException, WebhookException {
    CreateRequest body = Json.read(request.body(), CreateRequest.class);
    if (body.url() == null) {
      throw new ProblemException(400, "missing_field", "\"url\" is required");
    }
    Set<String> types = body.events() == null ? Set.of() : Set.copyOf(body.events());
    Webhook made = webhooks.create(body.url(), types);
    return ApiResponse.json(201, Map.of("Location", WEBHOOKS + "/" + made.id()), Created.of(made));
  }

  private ApiResponse list() throws WebhookException {
    return ApiResponse.json(200, new Page(webhooks.list().stream().map(Details::of).toList()));
  }

  private ApiResponse get(ApiRequest request) throws WebhookException {
    return ApiResponse.json(200, Details.of(webhooks.find(request.pathParameter("id"))));
  }

  private ApiResponse delete(ApiRequest request) throws WebhookException {
    webhooks.remove(request.pathParameter("id"));
    return ApiResponse.empty(204, Map.of());
  }

  private ApiResponse failures(ApiRequest request) throws ProblemException, WebhookException {
    int limit =
        QueryParameters.of(request, List.of("limit"))
            .integer("limit", 1, Webhooks.MAX_FAILURES_SHOWN)
            .orElse(DEFAULT_FAILURES);
    List<Delivery> failed = webhooks.failures(request.pathParameter("id"), limit);
    return ApiResponse.json(200, new Failures(failed.stream().map(Failure::of).toList()));
  }

  private ApiResponse replay(ApiRequest request) throws WebhookException {
    return ApiResponse.json(202, new Replayed(webhooks.replay(request.pathParameter("id"))));
  }

  /** What a client sends. */
  record CreateRequest(@Nullable String url, @Nullable List<String> events) {}

  /** The one answer with the secret. */
  record Created(
      String webhookId, String url, List<String> events, String createdAt, String secret) {
    static Created of(Webhook webhook) {
      return new Created(
          webhook.id(),
          webhook.url().toString(),
          webhook.types().stream().sorted().toList(),
          webhook.createdAt().toString(),
          webhook.secret().text());
    }
  }

  /**
   * A webhook as it is shown.
   *
   * @param events empty: all
   * @param waiting events that it has not taken so far
   */
  record Details(String webhookId, String url, List<String> events, String createdAt, int waiting) {
    static Details of(Webhooks.Status status) {
      Webhook webhook = status.webhook();
      return new Details(
          webhook.id(),
          webhook.url().toString(),
          webhook.types().stream().sorted().toList(),
          webhook.createdAt().toString(),
          status.waiting());
    }
  }

  record Page(List<Details> webhooks) {}

  record Failures(List<Failure> failures) {}

  /** An event that was given up. */
  record Failure(
      long eventId,
      String type,
      @Nullable String streamId,
      int attempts,
      @Nullable String firstAttemptAt,
      @Nullable String givenUpAt,
      @Nullable String problem) {
    static Failure of(Delivery delivery) {
      return new Failure(
          delivery.eventId(),
          delivery.type(),
          delivery.streamId().map(StreamId::value).orElse(null),
          delivery.attempts(),
          delivery.firstAttemptAt().map(Instant::toString).orElse(null),
          delivery.givenUpAt().map(Instant::toString).orElse(null),
          delivery.problem().orElse(null));
    }
  }

  record Replayed(int replayed) {}
}
