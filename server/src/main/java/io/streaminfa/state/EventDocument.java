package io.streaminfa.state;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.StreamEvent;
import io.streaminfa.stream.StreamId;
import java.time.Instant;

/** What an event tells beside its stream, its time and its type, as the text that is stored. */
final class EventDocument {
  private EventDocument() {}

  static String write(StreamEvent event) {
    ObjectNode out = Fields.newObject();
    out.put("at", event.at().toString());
    switch (event) {
      case StreamEvent.Created created ->
          out.put("ingest_type", Fields.nameOf(created.ingestType()));
      case StreamEvent.RenditionsAdded added -> {
        ArrayNode names = out.putArray("names");
        added.names().forEach(names::add);
      }
      case StreamEvent.Ready ready -> out.put("duration", ready.duration().toString());
      case StreamEvent.Failed failed ->
          StreamDocument.writeFailure(failed.failure(), out.putObject("failure"));
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
    return out.toString();
  }

  /**
   * @param type as {@link StreamEvent#type} names it
   * @throws IllegalArgumentException or {@link java.time.DateTimeException} when the document is
   *     not one of {@link #write}
   */
  static StreamEvent read(StreamId id, String type, String document) {
    Fields in = Fields.parse(document);
    Instant at = in.instant("at");
    return switch (type) {
      case "stream.created" ->
          new StreamEvent.Created(id, at, in.constant("ingest_type", IngestType.class));
      case "stream.edited" -> new StreamEvent.Edited(id, at);
      case "stream.key_rotated" -> new StreamEvent.KeyRotated(id, at);
      case "stream.live" -> new StreamEvent.Live(id, at);
      case "stream.publisher_lost" -> new StreamEvent.PublisherLost(id, at);
      case "stream.publisher_back" -> new StreamEvent.PublisherBack(id, at);
      case "stream.renditions_added" -> new StreamEvent.RenditionsAdded(id, at, in.texts("names"));
      case "stream.processing" -> new StreamEvent.Processing(id, at);
      case "stream.ready" -> new StreamEvent.Ready(id, at, in.duration("duration"));
      case "stream.failed" ->
          new StreamEvent.Failed(id, at, StreamDocument.readFailure(in.object("failure")));
      case "stream.deleted" -> new StreamEvent.Deleted(id, at);
      default -> throw new IllegalArgumentException("unknown event " + type);
    };
  }
}
