package io.streaminfa.control;

import io.streaminfa.events.EventFeed;
import io.streaminfa.events.Outbox;
import io.streaminfa.events.OutboxException;
import io.streaminfa.events.PublishedEvent;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens, as it happens: server-sent events (WHATWG HTML, 9.2). */
final class EventsApi {
  private static final Logger log = LoggerFactory.getLogger(EventsApi.class);
  private static final String MEDIA_TYPE = "text/event-stream";

  /**
   * A client's own wait before it comes back; the comment makes the header fields leave at once.
   */
  private static final Buffer GREETING = Buffer.buffer(": events\nretry: 2000\n\n");

  private static final Buffer HEARTBEAT = Buffer.buffer(": \n\n");

  /** Of {@code Last-Event-ID}: what a long has. */
  private static final int MAX_DIGITS = 18;

  private final Outbox outbox;
  private final EventFeed feed;
  private final EventClientMetrics metrics;
  private final StreamRegistry streams;
  private final Limits limits;
  private final Semaphore places;

  /**
   * How much listeners may cost.
   *
   * @param clients at once
   * @param heartbeat between two comments, where nothing happens
   * @param deadline for a piece to leave for the network
   */
  record Limits(int clients, Duration heartbeat, Duration deadline) {
    static final Limits STANDARD = new Limits(100, Duration.ofSeconds(15), Duration.ofSeconds(10));
  }

  EventsApi(ControlApi.EventAccess access, StreamRegistry streams, Limits limits) {
    this.outbox = access.outbox();
    this.feed = access.feed();
    this.metrics = access.clientMetrics();
    this.streams = streams;
    this.limits = limits;
    this.places = new Semaphore(limits.clients());
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.adminStreaming(HttpMethod.GET, "/api/v1/events", this::all),
        Endpoint.adminStreaming(HttpMethod.GET, "/api/v1/streams/:id/events", this::ofStream));
  }

  private ApiResponse all(ApiRequest request)
      throws ProblemException, OutboxException, InterruptedException {
    return serve(request, Optional.empty());
  }

  private ApiResponse ofStream(ApiRequest request)
      throws ProblemException, OutboxException, InterruptedException {
    StreamId id =
        StreamId.parse(request.pathParameter("id"))
            .filter(known -> streams.find(known).isPresent())
            .orElseThrow(
                () -> new ProblemException(404, "stream_not_found", "there is no such stream"));
    return serve(request, Optional.of(id));
  }

  private ApiResponse serve(ApiRequest request, Optional<StreamId> stream)
      throws ProblemException, OutboxException, InterruptedException {
    OptionalLong last = lastEventId(request);
    if (!places.tryAcquire()) {
      metrics.refused();
      return ApiResponse.problem(
          new Problem(
              503,
              "too_many_event_clients",
              "the server lets " + limits.clients() + " clients listen at once"),
          Map.of("Retry-After", Long.toString(limits.heartbeat().toSeconds() + 1)),
          request.id());
    }
    metrics.opened();
    try {
      long after = last.isPresent() ? last.getAsLong() : outbox.newest();
      send(request.streamedAnswer(), stream, after);
    } catch (StreamedAnswer.SlowClient e) {
      metrics.tooSlow();
      log.debug("event_client_dropped request_id={} reason={}", request.id(), e.getMessage());
    } catch (IOException e) {
      log.debug("event_client_gone request_id={}", request.id());
    } finally {
      places.release();
      metrics.closed();
    }
    return ApiResponse.empty(200, Map.of());
  }

  /** WHATWG HTML, 9.2.4: a client that comes back names the last event that it has. */
  private static OptionalLong lastEventId(ApiRequest request) throws ProblemException {
    Optional<String> id = request.header("Last-Event-ID").filter(text -> !text.isEmpty());
    if (id.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!id.get().matches("[0-9]{1," + MAX_DIGITS + "}")) {
      throw new ProblemException(
          400, "invalid_last_event_id", "Last-Event-ID is the id of an event: a number");
    }
    return OptionalLong.of(Long.parseLong(id.get()));
  }

  private void send(StreamedAnswer answer, Optional<StreamId> stream, long from)
      throws IOException, OutboxException, InterruptedException {
    answer.begin(MEDIA_TYPE, GREETING, limits.deadline(), feed::wakeWaiting);
    if (answer.isHeadOnly()) {
      return;
    }
    long after = from;
    while (!answer.isClosed()) {
      Outbox.Batch batch = feed.read(after, stream).toldAfter(after, Instant.now());
      if (!batch.events().isEmpty()) {
        answer.write(text(batch.events()), limits.deadline());
      }
      if (batch.through() == after && !awaitMore(answer, after)) {
        answer.end(limits.deadline());
        return;
      }
      after = batch.through();
    }
  }

  /**
   * Shows the client now and then that the server is there.
   *
   * @return false: the server ends
   */
  private boolean awaitMore(StreamedAnswer answer, long after)
      throws IOException, InterruptedException {
    long beat = System.nanoTime() + limits.heartbeat().toNanos();
    boolean goesOn = feed.await(after, limits.heartbeat(), answer::isClosed);
    if (goesOn && System.nanoTime() >= beat) {
      answer.write(HEARTBEAT, limits.deadline());
    }
    return goesOn;
  }

  private static Buffer text(List<PublishedEvent> events) {
    StringBuilder text = new StringBuilder();
    for (PublishedEvent event : events) {
      text.append("id: ").append(event.id()).append('\n');
      text.append("event: ").append(event.type()).append('\n');
      // Our JSON has no line ends.
      text.append("data: ").append(event.json()).append("\n\n");
    }
    return Buffer.buffer(text.toString());
  }
}
