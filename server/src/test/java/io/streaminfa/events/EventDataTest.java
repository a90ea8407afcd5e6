package io.streaminfa.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.stream.StreamEvent;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EventDataTest {
  @Test
  void everyEventTellsWhatIsPromised() {
    EveryEvent.withItsData()
        .forEach((event, data) -> assertThat(EventData.of(event)).as(event.type()).isEqualTo(data));
  }

  @Test
  void noEventIsForgottenHereNorAmongTheTypesOneMayAskFor() {
    Set<StreamEvent> events = EveryEvent.withItsData().keySet();
    assertThat(events.stream().map(Object::getClass).collect(Collectors.<Object>toSet()))
        .isEqualTo(
            Stream.of(StreamEvent.class.getPermittedSubclasses()).collect(Collectors.toSet()));
    assertThat(EventTypes.OF_STREAMS)
        .containsExactlyElementsOf(events.stream().map(StreamEvent::type).toList());
    assertThat(EventTypes.OF_STREAMS).allMatch(type -> type.matches("[a-z_]+"));
  }

  @Test
  void anEventLeavesTheServerInOneForm() {
    PublishedEvent event =
        new PublishedEvent(
            42, "stream_progress", Optional.of(EveryEvent.ID), EveryEvent.AT, "{\"progress\":0.3}");
    assertThat(event.json())
        .isEqualTo(
            "{\"id\":42,\"type\":\"stream_progress\",\"stream_id\":\""
                + EveryEvent.ID
                + "\",\"occurred_at\":\"2026-03-01T10:00:00.001Z\",\"data\":{\"progress\":0.3}}");
    assertThat(PublishedEvent.missed(3, 7, EveryEvent.AT).json())
        .isEqualTo(
            "{\"id\":7,\"type\":\"events_missed\",\"stream_id\":null,"
                + "\"occurred_at\":\"2026-03-01T10:00:00.001Z\","
                + "\"data\":{\"after\":3,\"through\":7}}");
  }
}
