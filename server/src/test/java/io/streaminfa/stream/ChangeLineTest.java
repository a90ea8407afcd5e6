package io.streaminfa.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ChangeLineTest {
  private static final NewStream LIVE =
      new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty());

  private final SlowStore store = new SlowStore();
  private final List<Long> told = new ArrayList<>();

  /** Holds the first save until it is let go, and refuses streams with a given metadata. */
  private static final class SlowStore implements StreamStore {
    static final Metadata REFUSED = new Metadata("{\"refused\":true}");

    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch go = new CountDownLatch(1);
    final List<Integer> groups = new ArrayList<>();
    private final MemoryStreamStore saved = new MemoryStreamStore();

    @Override
    public List<Outcome> saveAll(List<Change> changes) {
      groups.add(changes.size());
      entered.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new CompletionException(e);
      }
      return StreamStore.super.saveAll(changes);
    }

    @Override
    public long save(Stream stream, StreamEvent event) throws StreamException.StoreFailed {
      if (stream.metadata().equals(REFUSED)) {
        throw new StreamException.StoreFailed("refused", new IOException());
      }
      return saved.save(stream, event);
    }

    @Override
    public long save(Stream stream, StreamEvent event, SourceFile source)
        throws StreamException.StoreFailed {
      return save(stream, event);
    }

    @Override
    public List<Stream> loadAll() {
      return List.of();
    }

    @Override
    public void remove(StreamId id) {}

    @Override
    public void close() {}
  }

  private StreamRegistry open() throws StreamException {
    StreamRegistry streams =
        StreamRegistry.open(
            store, Clock.systemUTC(), new StreamDefaults(true, Set.of(KeyHash.of("studio"))));
    streams.addListener((number, _, _) -> told.add(number));
    return streams;
  }

  /** So many threads that a test started wait for the registry. */
  private static void awaitWaiting(List<Thread> threads) {
    await().until(() -> threads.stream().allMatch(t -> t.getState() == Thread.State.WAITING));
  }

  @Test
  void whatWaitedIsSavedTogetherAndAFailureIsItsOwnCallers() throws Exception {
    StreamRegistry streams = open();
    try (ExecutorService executor = Executors.newCachedThreadPool()) {
      Future<NewStream.Made> first = executor.submit(() -> streams.create(LIVE));
      store.entered.await();
      List<Thread> threads = new ArrayList<>();
      List<Future<NewStream.Made>> others = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Metadata metadata = i == 7 ? SlowStore.REFUSED : Metadata.EMPTY;
        NewStream wanted = new NewStream(IngestType.RTMP, metadata, Optional.empty());
        CountDownLatch begun = new CountDownLatch(1);
        others.add(
            executor.submit(
                () -> {
                  threads.add(Thread.currentThread());
                  begun.countDown();
                  return streams.create(wanted);
                }));
        begun.await();
      }
      awaitWaiting(threads);
      store.go.countDown();
      first.get();
      for (int i = 0; i < others.size(); i++) {
        Future<NewStream.Made> other = others.get(i);
        if (i == 7) {
          assertThatThrownBy(other::get).hasCauseInstanceOf(StreamException.StoreFailed.class);
        } else {
          assertThat(streams.find(other.get().stream().id())).contains(other.get().stream());
        }
      }
    }
    assertThat(store.groups).containsExactly(1, 20);
    assertThat(told).hasSize(20).isSorted().doesNotHaveDuplicates();
    assertThat(streams.count(StreamFilter.ALL)).isEqualTo(20);
  }

  @Test
  void twoChangesOfOneStreamAreNotInOneGroup() throws Exception {
    store.go.countDown();
    StreamRegistry streams = open();
    StreamId id = streams.create(LIVE).stream().id();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Stream>> live = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        live.add(executor.submit(() -> streams.markLive(id)));
      }
      int made = 0;
      for (Future<Stream> one : live) {
        made +=
            await().until(one::isDone, done -> done) && one.state() == Future.State.SUCCESS ? 1 : 0;
      }
      assertThat(made).isEqualTo(1);
    }
    assertThat(told).containsExactly(1L, 2L);
  }
}
