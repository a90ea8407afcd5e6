package io.streaminfa.events;

import io.streaminfa.stream.StreamId;
import java.time.Instant;
import java.util.Optional;

/**
 * An event as the outbox has it and clients see it.
 *
 * @param id rises with every event, restarts included
 * @param type snake_case and stable
 * @param streamId empty: it is about the server
 * @param data one JSON object
 */
public record PublishedEvent(
    long id, String type, Optional<StreamId> streamId, Instant occurredAt, String data) {
  /**
   * Stands for all events up to one that is still there.
   *
   * @param after the last that was told
   * @param through the last that is gone
   */
  static PublishedEvent missed(long after, long through, Instant now) {
    String data = "{\"after\":%d,\"through\":%d}".formatted(after, through);
    return new PublishedEvent(through, EventTypes.EVENTS_MISSED, Optional.empty(), now, data);
  }

  /** Whether it is about events and not about what happened; told to all, asked for or not. */
  public boolean isAboutGap() {
    return type.equals(EventTypes.EVENTS_MISSED);
  }

  /** The one form in which it leaves the server: a JSON object on one line. */
  public String json() {
    // All parts are names, numbers, times and JSON of our own: nothing is to be escaped.
    return "{\"id\":%d,\"type\":\"%s\",\"stream_id\":%s,\"occurred_at\":\"%s\",\"data\":%s}"
        .formatted(
            id, type, streamId.map(s -> '"' + s.value() + '"').orElse("null"), occurredAt, data);
  }
}
