package io.streaminfa.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StreamRegistryConcurrencyTest {
  private static final int WRITERS = 50;
  private static final int READERS = 200;
  private static final int STREAMS_PER_WRITER = 40;
  private static final int READS_PER_READER = 200;

  private final MemoryStreamStore store = new MemoryStreamStore();

  @Test
  void fiftyWritersAndTwoHundredReadersSeeOnlyLegalStreamsInOneOrder() throws Exception {
    StreamRegistry streams = open(Set.of());
    List<Long> numbers = new ArrayList<>();
    streams.addListener((number, _, _) -> numbers.add(number));
    List<Callable<Object>> tasks = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      tasks.add(() -> write(streams));
    }
    for (int i = 0; i < READERS; i++) {
      tasks.add(() -> read(streams));
    }
    runAll(tasks);

    int total = WRITERS * STREAMS_PER_WRITER;
    assertThat(streams.count(StreamFilter.ALL)).isEqualTo(total);
    assertThat(streams.count(new StreamFilter(Optional.of(StreamState.READY), Optional.empty())))
        .isEqualTo(total);
    assertThat(numbers).hasSize(total * 6).isSorted().doesNotHaveDuplicates();
    assertThat(store.loadAll()).hasSize(total);
  }

  private static Object write(StreamRegistry streams) throws StreamException {
    for (int i = 0; i < STREAMS_PER_WRITER; i++) {
      StreamId id =
          streams.create(new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty())).stream()
              .id();
      streams.markLive(id);
      streams.publisherLost(id);
      streams.publisherBack(id);
      streams.processing(id);
      streams.ready(id, Duration.ofSeconds(i));
    }
    return true;
  }

  private static Object read(StreamRegistry streams) {
    for (int i = 0; i < READS_PER_READER; i++) {
      StreamPage page = streams.list(StreamFilter.ALL, Optional.empty(), 20);
      assertThat(page.streams()).isSortedAccordingTo((a, b) -> b.id().compareTo(a.id()));
      for (Stream stream : page.streams()) {
        StreamState later = streams.find(stream.id()).orElseThrow().state();
        assertThat(later).isGreaterThanOrEqualTo(stream.state());
      }
    }
    return true;
  }

  @Test
  void ofManyEqualTransitionsExactlyOneHappens() throws Exception {
    StreamRegistry streams = open(Set.of());
    StreamId id =
        streams.create(new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty())).stream()
            .id();
    AtomicInteger won = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    List<Callable<Object>> tasks = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      tasks.add(
          () -> {
            try {
              streams.markLive(id);
              return won.incrementAndGet();
            } catch (StreamException.Conflict _) {
              return refused.incrementAndGet();
            }
          });
    }
    runAll(tasks);
    assertThat(won).hasValue(1);
    assertThat(refused).hasValue(WRITERS - 1);
  }

  @Test
  void aKeyOfTheSettingsMakesOneStreamHoweverManyPresentItAtOnce() throws Exception {
    StreamRegistry streams = open(Set.of(KeyHash.of("studio")));
    List<Callable<Object>> tasks = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      tasks.add(() -> streams.resolveForPublish("studio"));
    }
    assertThat(new HashSet<>(runAll(tasks))).hasSize(1);
    assertThat(streams.count(StreamFilter.ALL)).isEqualTo(1);
  }

  private StreamRegistry open(Set<KeyHash> keys) throws StreamException {
    return StreamRegistry.open(store, Clock.systemUTC(), new StreamDefaults(true, keys));
  }

  private static List<Object> runAll(List<Callable<Object>> tasks) throws Exception {
    List<Object> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Object> done : threads.invokeAll(tasks, 50, TimeUnit.SECONDS)) {
        results.add(done.get());
      }
    }
    return results;
  }
}
