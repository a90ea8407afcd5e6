package io.streaminfa.events;

import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.StreamEvent;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** An event of each type, and what it tells. */
public final class EveryEvent {
  public static final StreamId ID = StreamId.create(Clock.systemUTC());
  public static final Instant AT = Instant.parse("2026-03-01T10:00:00.001Z");

  private EveryEvent() {}

  public static Map<StreamEvent, String> withItsData() {
    Map<StreamEvent, String> events = new LinkedHashMap<>();
    events.put(new StreamEvent.Created(ID, AT, IngestType.UPLOAD), "{\"ingest_type\":\"upload\"}");
    events.put(new StreamEvent.Edited(ID, AT), "{}");
    events.put(new StreamEvent.KeyRotated(ID, AT), "{}");
    events.put(new StreamEvent.Live(ID, AT), "{}");
    events.put(new StreamEvent.PublisherLost(ID, AT), "{}");
    events.put(new StreamEvent.PublisherBack(ID, AT), "{}");
    events.put(
        new StreamEvent.RenditionsAdded(ID, AT, java.util.List.of("high", "audio_128k")),
        "{\"renditions\":[\"high\",\"audio_128k\"]}");
    events.put(new StreamEvent.Processing(ID, AT), "{}");
    events.put(new StreamEvent.Progress(ID, AT, 3), "{\"progress\":0.3}");
    events.put(
        new StreamEvent.Ready(ID, AT, Duration.ofMillis(12_345)), "{\"duration_secs\":12.345}");
    events.put(
        new StreamEvent.Failed(ID, AT, new StreamFailure("a_code", "in \"words\"\n")),
        "{\"error\":{\"code\":\"a_code\",\"message\":\"in \\\"words\\\"\\n\"}}");
    events.put(new StreamEvent.Deleted(ID, AT), "{}");
    return events;
  }
}
