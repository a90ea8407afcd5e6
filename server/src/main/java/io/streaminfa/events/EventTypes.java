package io.streaminfa.events;

import java.util.List;

/** The types of all events, as clients see and choose them. */
public final class EventTypes {
  /** Events that were not told are gone from the outbox: their number was reached too late. */
  public static final String EVENTS_MISSED = "events_missed";

  /** Of streams, as {@link io.streaminfa.stream.StreamEvent#type} names them. */
  static final List<String> OF_STREAMS =
      List.of(
          "stream_created",
          "stream_edited",
          "stream_key_rotated",
          "stream_live",
          "stream_publisher_lost",
          "stream_publisher_back",
          "stream_renditions_added",
          "stream_processing",
          "stream_progress",
          "stream_ready",
          "stream_failed",
          "stream_deleted");

  private EventTypes() {}

  /** Whether one may ask for events of this type. What was missed is told unasked. */
  public static boolean isKnown(String type) {
    return OF_STREAMS.contains(type);
  }

  /** For a message. */
  public static String names() {
    return String.join(", ", OF_STREAMS);
  }
}
