package io.streaminfa.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.StreamEvent;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EventDocumentTest {
  private static final StreamId ID = StreamId.create(Clock.systemUTC());
  private static final Instant AT = Instant.parse("2026-03-01T10:00:00.000000001Z");

  static List<StreamEvent> ofEveryType() {
    return List.of(
        new StreamEvent.Created(ID, AT, IngestType.UPLOAD),
        new StreamEvent.Edited(ID, AT),
        new StreamEvent.KeyRotated(ID, AT),
        new StreamEvent.Live(ID, AT),
        new StreamEvent.PublisherLost(ID, AT),
        new StreamEvent.PublisherBack(ID, AT),
        new StreamEvent.RenditionsAdded(ID, AT, List.of("high", "audio_128k")),
        new StreamEvent.Processing(ID, AT),
        new StreamEvent.Ready(ID, AT, Duration.ofMillis(12_345)),
        new StreamEvent.Failed(ID, AT, new StreamFailure("a_code", "in \"words\"")),
        new StreamEvent.Deleted(ID, AT));
  }

  @Test
  void everyEventComesBack() {
    for (StreamEvent event : ofEveryType()) {
      assertThat(EventDocument.read(ID, event.type(), EventDocument.write(event))).isEqualTo(event);
    }
  }

  @Test
  void noEventIsForgottenHere() {
    Set<Class<?>> here = ofEveryType().stream().map(Object::getClass).collect(Collectors.toSet());
    assertThat(here)
        .isEqualTo(
            Stream.of(StreamEvent.class.getPermittedSubclasses()).collect(Collectors.toSet()));
  }

  @Test
  void anUnknownEventIsNotGuessed() {
    String document = EventDocument.write(new StreamEvent.Live(ID, AT));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventDocument.read(ID, "stream.sung", document));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventDocument.read(ID, "stream.ready", document));
  }
}
