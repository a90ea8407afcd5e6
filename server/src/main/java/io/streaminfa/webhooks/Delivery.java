package io.streaminfa.webhooks;

import io.streaminfa.events.PublishedEvent;
import io.streaminfa.stream.StreamId;
import java.time.Instant;
import java.util.Optional;

/**
 * One event on its way to one receiver.
 *
 * @param eventId the event's number
 * @param streamId events of one stream, and those of none, arrive in order
 * @param body what is sent
 * @param attempts made so far, since the last replay
 * @param firstAttemptAt empty: none was made
 * @param nextAttemptAt not before
 * @param problem why the last attempt failed: snake_case and stable
 * @param givenUpAt empty: it waits
 */
public record Delivery(
    long eventId,
    String type,
    Optional<StreamId> streamId,
    String body,
    int attempts,
    Optional<Instant> firstAttemptAt,
    Instant nextAttemptAt,
    Optional<String> problem,
    Optional<Instant> givenUpAt) {

  static Delivery of(PublishedEvent event, Instant now) {
    return new Delivery(
        event.id(),
        event.type(),
        event.streamId(),
        event.json(),
        0,
        Optional.empty(),
        now,
        Optional.empty(),
        Optional.empty());
  }

  /** After an attempt that failed; given up when its time is over. */
  Delivery failed(String problemName, Instant now, RetryPolicy policy) {
    Instant first = firstAttemptAt.orElse(now);
    boolean isOver = !now.isBefore(first.plus(policy.giveUpAfter()));
    return new Delivery(
        eventId,
        type,
        streamId,
        body,
        attempts + 1,
        Optional.of(first),
        now.plus(policy.delay(attempts + 1)),
        Optional.of(problemName),
        isOver ? Optional.of(now) : Optional.empty());
  }
}
