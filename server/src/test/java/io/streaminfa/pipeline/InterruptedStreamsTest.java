package io.streaminfa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.MemoryStreamStore;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamDefaults;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamFilter;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.stream.StreamState;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InterruptedStreamsTest {
  private final MemoryStreamStore store = new MemoryStreamStore();
  private StreamRegistry streams;

  @BeforeEach
  void open() throws StreamException {
    streams = StreamRegistry.open(store, Clock.systemUTC(), new StreamDefaults(true, Set.of()));
  }

  private StreamId make(IngestType type) throws StreamException {
    return streams.create(new NewStream(type, Metadata.EMPTY, Optional.empty())).stream().id();
  }

  private void startAgain() throws StreamException {
    open();
    new InterruptedStreams(streams).fail();
  }

  private Stream find(StreamId id) {
    return streams.find(id).orElseThrow();
  }

  @Test
  void aLiveStreamOrOneThatWasBeingFinishedEndsWithItsProcess() throws StreamException {
    StreamId publishing = make(IngestType.RTMP);
    streams.markLive(publishing);
    StreamId waiting = make(IngestType.RTMP);
    streams.markLive(waiting);
    streams.publisherLost(waiting);
    StreamId finishing = make(IngestType.RTMP);
    streams.markLive(finishing);
    streams.processing(finishing);

    startAgain();

    for (StreamId id : new StreamId[] {publishing, waiting, finishing}) {
      assertThat(find(id).state()).isEqualTo(StreamState.ERROR);
      assertThat(find(id).failure().orElseThrow().code()).isEqualTo("interrupted");
    }
    assertThat(find(publishing).failure().orElseThrow().message())
        .isEqualTo("the server ended while the stream was live; what was stored until then stays");
  }

  @Test
  void everyOtherStreamStaysAsItIs() throws StreamException {
    StreamId pending = make(IngestType.RTMP);
    StreamId ready = make(IngestType.RTMP);
    streams.markLive(ready);
    streams.processing(ready);
    streams.ready(ready, Duration.ofSeconds(6));
    StreamId upload = make(IngestType.UPLOAD);
    streams.processing(upload);
    StreamId deleted = make(IngestType.RTMP);
    streams.markLive(deleted);
    streams.delete(deleted);

    startAgain();

    assertThat(find(pending).state()).isEqualTo(StreamState.PENDING);
    assertThat(find(ready).state()).isEqualTo(StreamState.READY);
    assertThat(find(upload).state()).isEqualTo(StreamState.PROCESSING);
    assertThat(find(deleted).state()).isEqualTo(StreamState.DELETED);
  }

  @Test
  void noPageOfThemIsForgotten() throws StreamException {
    int count = 2 * StreamRegistry.MAX_PAGE + 1;
    for (int i = 0; i < count; i++) {
      streams.markLive(make(IngestType.RTMP));
    }
    startAgain();
    assertThat(streams.count(new StreamFilter(Optional.of(StreamState.ERROR), Optional.empty())))
        .isEqualTo(count);
  }
}
