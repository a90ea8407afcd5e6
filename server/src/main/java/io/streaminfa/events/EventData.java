package io.streaminfa.events;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streaminfa.stream.StreamEvent;

/**
 * The {@code data} of an event: what it tells beside its stream, its time and its type. Written out
 * field by field, so that the names stay what they are when a record's change; stored as it is
 * told.
 */
public final class EventData {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final double MILLIS_PER_SEC = 1000;

  private EventData() {}

  /** One JSON object. */
  public static String of(StreamEvent event) {
    ObjectNode data = JSON.createObjectNode();
    switch (event) {
      case StreamEvent.Created created -> data.put("ingest_type", created.ingestType().wireName());
      case StreamEvent.RenditionsAdded added -> {
        ArrayNode renditions = data.putArray("renditions");
        added.names().forEach(renditions::add);
      }
      case StreamEvent.Progress progress -> data.put("progress", progress.tenths() / 10.0);
      case StreamEvent.Ready ready ->
          data.put("duration_secs", ready.duration().toMillis() / MILLIS_PER_SEC);
      case StreamEvent.Failed failed -> {
        ObjectNode error = data.putObject("error");
        error.put("code", failed.failure().code());
        error.put("message", failed.failure().message());
      }
      case StreamEvent.Edited _,
          StreamEvent.KeyRotated _,
          StreamEvent.Live _,
          StreamEvent.PublisherLost _,
          StreamEvent.PublisherBack _,
          StreamEvent.Processing _,
          StreamEvent.Deleted _ -> {
        // The type says it all.
      }
    }
    return data.toString();
  }
}
