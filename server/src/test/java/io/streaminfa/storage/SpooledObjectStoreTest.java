package io.streaminfa.storage;

import static io.streaminfa.storage.ObjectStoreContract.bytes;
import static io.streaminfa.storage.ObjectStoreContract.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streaminfa.storage.ObjectStore.Deleted;
import io.streaminfa.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a spool adds to the store behind it. */
final class SpooledObjectStoreTest {
  private static final ObjectKey INIT = new ObjectKey("s/high/init.mp4");
  private static final ObjectKey SEGMENT = new ObjectKey("s/high/000000.m4s");
  private static final ObjectKey NEXT = new ObjectKey("s/high/000001.m4s");
  private static final ObjectKey MEDIA = new ObjectKey("s/high/media.m3u8");
  private static final ObjectKey MASTER = new ObjectKey("s/master.m3u8");

  @TempDir(factory = MemoryFirst.class)
  Path root;

  private final WatchedStore remote = new WatchedStore();
  private final List<SpooledObjectStore> opened = new ArrayList<>();

  private SpooledObjectStore store;

  @BeforeEach
  void open() throws Exception {
    store = spool(1L << 30);
  }

  private SpooledObjectStore spool(long maxBytes) throws StorageException {
    SpooledObjectStore spool =
        SpooledObjectStore.open(
            root.resolve("spool"),
            remote,
            new SpoolLimits(maxBytes, Duration.ofMillis(2), Duration.ofMillis(20)),
            name -> name.startsWith("live"),
            Clock.systemUTC(),
            Duration.ofSeconds(2));
    opened.add(spool);
    return spool;
  }

  @AfterEach
  void closeAll() {
    opened.forEach(SpooledObjectStore::close);
    assertThat(remote.violations()).isEmpty();
  }

  private SpooledObjectStore first() {
    return opened.getFirst();
  }

  private void awaitDrained() {
    await().atMost(Duration.ofSeconds(20)).until(() -> first().status().operations() == 0);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private void putAll() throws Exception {
    store.put(INIT, bytes("init"));
    store.put(SEGMENT, bytes("zero"));
    store.put(MEDIA, bytes("init.mp4\n000000.m4s"));
    store.put(MASTER, bytes("high/media.m3u8"));
  }

  @Test
  void everythingGoesToTheStoreBehindAndLeavesNothingHere() throws Exception {
    putAll();
    awaitDrained();
    assertThat(text(remote.get(MASTER))).isEqualTo("high/media.m3u8");
    assertThat(remote.log()).hasSize(4);
    assertThat(remote.log().subList(2, 4)).containsExactly("put " + MEDIA, "put " + MASTER);
    assertThat(files()).isEmpty();
    assertThat(first().status().bytes()).isZero();
  }

  @Test
  void whileTheStoreIsAwayObjectsAreReadFromHere() throws Exception {
    remote.away = Optional.of(Kind.UNAVAILABLE);
    putAll();
    assertThat(text(store.get(SEGMENT))).isEqualTo("zero");
    assertThat(text(store.getRange(SEGMENT, 1, 2))).isEqualTo("er");
    assertThat(store.list("s/high/", Optional.empty(), 10)).hasSize(3);
    await().until(() -> first().status().trouble().isPresent());
    assertThat(first().status().isDegraded()).isTrue();
    assertThat(first().status().oldestAge()).isPositive();
    remote.away = Optional.empty();
    awaitDrained();
    assertThat(first().status().isDegraded()).isFalse();
    assertThat(text(store.get(SEGMENT))).isEqualTo("zero");
  }

  @Test
  void aBucketThatIsDeniedForAWhileGetsEverythingToo() throws Exception {
    store.put(INIT, bytes("init"));
    remote.away = Optional.of(Kind.DENIED);
    putAll();
    await().until(() -> first().status().trouble().equals(Optional.of(Kind.DENIED)));
    remote.away = Optional.empty();
    awaitDrained();
    assertThat(text(remote.get(MASTER))).isEqualTo("high/media.m3u8");
  }

  @Test
  void onlyTheNewestVersionOfAPlaylistGoes() throws Exception {
    remote.away = Optional.of(Kind.UNAVAILABLE);
    putAll();
    for (int i = 1; i < 50; i++) {
      ObjectKey segment = ObjectKey.segment("s", "high", i);
      store.put(segment, bytes("segment"));
      store.put(MEDIA, bytes("init.mp4\n" + ObjectKey.segmentName(i)));
    }
    remote.away = Optional.empty();
    awaitDrained();
    assertThat(remote.log().stream().filter(change -> change.endsWith("media.m3u8"))).hasSize(1);
    assertThat(text(remote.get(MEDIA))).isEqualTo("init.mp4\n000049.m4s");
  }

  @Test
  void aCrashLosesNothing() throws Exception {
    remote.away = Optional.of(Kind.UNAVAILABLE);
    putAll();
    store.put(NEXT, bytes("one"));
    store.put(MEDIA, bytes("000000.m4s\n000001.m4s"));
    remote.put0(new ObjectKey("t/high/000000.m4s"), bytes("old"));
    store.delete(new ObjectKey("t/high/000000.m4s"));
    store.deletePrefix("u/");
    remote.put0(new ObjectKey("u/high/000000.m4s"), bytes("old"));
    SpooledObjectStore again = reopenAfterCrash();
    assertThat(text(again.get(NEXT))).isEqualTo("one");
    assertThat(again.head(new ObjectKey("t/high/000000.m4s"))).isEmpty();
    assertThat(again.list("u/", Optional.empty(), 10)).isEmpty();
    remote.away = Optional.empty();
    await().until(() -> again.status().operations() == 0);
    assertThat(text(remote.get(MEDIA))).isEqualTo("000000.m4s\n000001.m4s");
    assertThat(remote.get(new ObjectKey("t/high/000000.m4s"))).isEmpty();
    assertThat(remote.get(new ObjectKey("u/high/000000.m4s"))).isEmpty();
    assertThat(files()).isEmpty();
  }

  /** What runs is left to itself behind a store that answers nothing, and another one opens. */
  private SpooledObjectStore reopenAfterCrash() throws StorageException {
    first().crash();
    return spool(1L << 30);
  }

  @Test
  void aTornFileIsRemovedAndTheRestGoes() throws Exception {
    remote.away = Optional.of(Kind.UNAVAILABLE);
    putAll();
    store.put(NEXT, bytes("torn later"));
    first().crash();
    for (Path file : files()) {
      if (file.toString().endsWith("000001.m4s")) {
        Files.write(file, new byte[3]);
      }
    }
    Files.write(root.resolve("spool/.tmp/99"), new byte[10]);
    SpooledObjectStore again = spool(1L << 30);
    remote.away = Optional.empty();
    await().until(() -> again.status().operations() == 0);
    assertThat(remote.get(MASTER)).isPresent();
    assertThat(remote.get(NEXT)).isEmpty();
    assertThat(files()).isEmpty();
  }

  @Test
  void beyondTheLimitSegmentsAreRefusedAndPlaylistsHaveAReserve() throws Exception {
    remote.away = Optional.of(Kind.UNAVAILABLE);
    SpooledObjectStore small = spool(SpoolLimits.MIN_BYTES);
    ByteBuffer large = ByteBuffer.allocate(300_000);
    int accepted = 0;
    while (small.status().takesNewStreams()) {
      try {
        small.put(ObjectKey.segment("f", "high", accepted), large);
        accepted++;
      } catch (StorageException e) {
        assertThat(e.kind()).isEqualTo(Kind.FULL);
        break;
      }
    }
    assertThat(accepted).isEqualTo(3);
    assertThatThrownBy(() -> small.put(ObjectKey.segment("f", "high", 9), large))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FULL));
    assertThat(small.status().takesNewStreams()).isFalse();
    small.put(ObjectKey.mediaPlaylist("f", "high"), bytes("000000.m4s\n000002.m4s"));
    remote.away = Optional.empty();
    await().until(() -> small.status().operations() == 0);
    assertThat(small.status().takesNewStreams()).isTrue();
    small.put(ObjectKey.segment("f", "high", 9), large);
  }

  @Test
  void aFullDiskIsNamedLeavesNothingAndRecovers() throws Exception {
    AtomicBoolean full = new AtomicBoolean(true);
    Path directory = root.resolve("full");
    FileObjectStore disk =
        FileObjectStore.open(
            directory,
            (FileChannel channel, ByteBuffer data) -> {
              if (full.get()) {
                channel.write(data.slice(0, data.remaining() / 2));
                throw new IOException("No space left on device");
              }
              channel.write(data);
            });
    SpooledObjectStore spool =
        SpooledObjectStore.open(
            directory,
            disk,
            remote,
            new SpoolLimits(1 << 30, Duration.ofMillis(2), Duration.ofMillis(20)),
            _ -> true,
            Clock.systemUTC(),
            Duration.ofSeconds(2));
    opened.addFirst(spool);
    assertThatThrownBy(() -> spool.put(SEGMENT, bytes("data")))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FULL));
    assertThat(spool.status().takesNewStreams()).isFalse();
    assertThat(spool.status().bytes()).isZero();
    assertThat(spool.get(SEGMENT)).isEmpty();
    assertThat(files()).isEmpty();
    full.set(false);
    spool.put(SEGMENT, bytes("data"));
    awaitDrained();
    assertThat(text(remote.get(SEGMENT))).isEqualTo("data");
  }

  @Test
  void aDeletionOfAStreamCountsWhatIsHereAndBehind() throws Exception {
    putAll();
    awaitDrained();
    assertThat(store.deletePrefix("s/")).isEqualTo(new Deleted(4, 4 + 4 + 19 + 15));
    putAll();
    awaitDrained();
    remote.latencyMs = 50;
    store.put(NEXT, bytes("one"));
    store.put(MEDIA, bytes("init.mp4\n000001.m4s"));
    assertThat(store.deletePrefix("s/").objects()).isEqualTo(5);
    assertThat(store.list("s/", Optional.empty(), 10)).isEmpty();
    awaitDrained();
    assertThat(remote.list("s/", Optional.empty(), 10)).isEmpty();
  }

  @Test
  void aDeletionDoesNotWaitForAStoreThatIsAway() throws Exception {
    remote.away = Optional.of(Kind.UNAVAILABLE);
    putAll();
    await().until(() -> first().status().trouble().isPresent());
    assertThat(store.deletePrefix("s/").objects()).isEqualTo(4);
    assertThat(store.get(SEGMENT)).isEmpty();
    assertThat(first().status().operations()).isLessThanOrEqualTo(7);
    remote.away = Optional.empty();
    awaitDrained();
    assertThat(remote.list("s/", Optional.empty(), 10)).isEmpty();
  }

  @Test
  void aSegmentIsDeletedAfterThePlaylistThatForgetsIt() throws Exception {
    putAll();
    awaitDrained();
    remote.away = Optional.of(Kind.UNAVAILABLE);
    store.put(NEXT, bytes("one"));
    store.put(MEDIA, bytes("init.mp4\n000001.m4s"));
    store.delete(SEGMENT);
    store.put(MEDIA, bytes("init.mp4\n000001.m4s\n"));
    assertThat(store.get(SEGMENT)).isEmpty();
    remote.away = Optional.empty();
    awaitDrained();
    assertThat(remote.log().getLast()).isEqualTo("delete " + SEGMENT);
  }

  @Test
  void liveStreamsGoBeforeFinishedOnes() throws Exception {
    remote.away = Optional.of(Kind.UNAVAILABLE);
    for (int stream = 0; stream < 20; stream++) {
      for (int number = 0; number < 4; number++) {
        store.put(ObjectKey.segment("done" + stream, "high", number), bytes("data"));
      }
    }
    for (int number = 0; number < 10; number++) {
      store.put(ObjectKey.segment("live", "high", number), bytes("data"));
    }
    await().until(() -> first().status().trouble().isPresent());
    remote.latencyMs = 20;
    remote.away = Optional.empty();
    awaitDrained();
    List<String> log = remote.log();
    assertThat(log.lastIndexOf("put live/high/000009.m4s")).isLessThan(log.size() / 2 + 8);
    assertThat(remote.mostConcurrent.get()).isBetween(8, 48);
  }

  @Test
  void threeRungsKeepUpWithTwoSecondsPerRequest() throws Exception {
    // A tenth of the real times: rows of five segments every 600 ms, 200 ms for each request.
    remote.latencyMs = 200;
    String[] renditions = {"high", "medium", "low", "audio_128k", "audio_96k"};
    long beginNanos = System.nanoTime();
    Duration oldest = Duration.ZERO;
    for (int number = 0; number < 5; number++) {
      for (String rendition : renditions) {
        store.put(ObjectKey.segment("live", rendition, number), bytes("data"));
      }
      for (String rendition : renditions) {
        store.put(ObjectKey.mediaPlaylist("live", rendition), bytes(ObjectKey.segmentName(number)));
      }
      long untilNanos = beginNanos + (number + 1) * 600_000_000L;
      await().pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() >= untilNanos);
      Duration age = first().status().oldestAge();
      oldest = age.compareTo(oldest) > 0 ? age : oldest;
    }
    assertThat(oldest).isLessThan(Duration.ofMillis(600));
  }

  @Test
  void whatIsLeftAtAnOrderlyEndIsSentFirst() throws Exception {
    remote.latencyMs = 100;
    putAll();
    store.close();
    assertThat(remote.get(MASTER)).isPresent();
    assertThatThrownBy(() -> store.put(NEXT, bytes("late"))).isInstanceOf(StorageException.class);
  }
}
