package io.streaminfa.storage;

import static io.streaminfa.storage.ObjectStoreContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streaminfa.storage.StorageException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random live streams with evictions, deletions, failures, outages and crashes: whatever happens
 * and whenever, no playlist behind names what is not there, and in the end everything is there.
 */
final class SpoolScheduleTest {
  private static final int STEPS = 1_000;
  private static final int WINDOW = 3;
  private static final List<String> RENDITIONS = List.of("high", "low", "audio");

  @TempDir(factory = MemoryFirst.class)
  Path root;

  private final WatchedStore remote = new WatchedStore();

  /** What a caller expects to read. */
  private final Map<String, String> expected = new TreeMap<>();

  private final Map<String, Channel> channels = new LinkedHashMap<>();
  private SpooledObjectStore spool;
  private int streamsMade;

  private static final class Channel {
    long next;
    final Deque<Long> window = new ArrayDeque<>();
    final Deque<Long> evicted = new ArrayDeque<>();
  }

  private SpooledObjectStore open() throws StorageException {
    return SpooledObjectStore.open(
        root,
        remote,
        new SpoolLimits(1L << 30, Duration.ofNanos(200_000), Duration.ofMillis(5)),
        name -> name.hashCode() % 2 == 0,
        Clock.systemUTC(),
        Duration.ofSeconds(20));
  }

  @BeforeEach
  void begin() throws StorageException {
    spool = open();
  }

  private Channel channel(String stream) {
    return Objects.requireNonNull(channels.get(stream));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void noPlaylistEverNamesWhatIsNotThere(long seed) throws Exception {
    Random random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      step(random, random.nextInt(100));
    }
    remote.away = Optional.empty();
    remote.failPercent = 0;
    await().atMost(Duration.ofSeconds(30)).until(() -> spool.status().operations() == 0);
    spool.close();
    assertThat(remote.violations()).isEmpty();
    assertThat(stored()).isEqualTo(expected);
    assertThat(spool.status().bytes()).isZero();
    try (Stream<Path> files = Files.walk(root)) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
  }

  private void step(Random random, int choice) throws Exception {
    if (choice < 4 && channels.size() < 12) {
      channels.put("stream" + streamsMade++, new Channel());
    } else if (choice < 5) {
      remote.away = remote.away.isPresent() ? Optional.empty() : Optional.of(Kind.UNAVAILABLE);
    } else if (choice < 8) {
      remote.failPercent = random.nextInt(60);
    } else if (choice < 9) {
      spool.crash();
      spool = open();
    } else if (choice < 10 && !channels.isEmpty()) {
      deleteStream(pick(random));
    } else if (choice < 30 && !channels.isEmpty()) {
      evict(pick(random));
    } else if (!channels.isEmpty()) {
      writeRow(pick(random));
    }
  }

  private String pick(Random random) {
    List<String> names = new ArrayList<>(channels.keySet());
    return names.get(random.nextInt(names.size()));
  }

  private void put(String key, String text) throws Exception {
    spool.put(new ObjectKey(key), bytes(text));
    expected.put(key, text);
    assertThat(ObjectStoreContract.text(spool.get(new ObjectKey(key)))).isEqualTo(text);
  }

  private void writeRow(String stream) throws Exception {
    Channel channel = channel(stream);
    long number = channel.next++;
    for (String rendition : RENDITIONS) {
      String directory = stream + "/" + rendition + "/";
      if (number == 0) {
        put(directory + "init.mp4", "init");
      }
      put(directory + ObjectKey.segmentName(number), "segment " + number);
    }
    channel.window.addLast(number);
    if (channel.window.size() > WINDOW) {
      channel.evicted.addLast(channel.window.removeFirst());
    }
    StringBuilder playlist = new StringBuilder("init.mp4\n");
    channel.window.forEach(n -> playlist.append(ObjectKey.segmentName(n)).append('\n'));
    for (String rendition : RENDITIONS) {
      put(stream + "/" + rendition + "/media.m3u8", playlist.toString());
    }
    if (number % 7 == 0) {
      String all = String.join("/media.m3u8\n", RENDITIONS) + "/media.m3u8\n";
      put(stream + "/master.m3u8", all);
    }
  }

  private void evict(String stream) throws Exception {
    Long number = channel(stream).evicted.pollFirst();
    if (number != null) {
      for (String rendition : RENDITIONS) {
        ObjectKey key = ObjectKey.segment(stream, rendition, number);
        spool.delete(key);
        expected.remove(key.value());
        assertThat(spool.head(key)).isEmpty();
      }
    }
  }

  private void deleteStream(String stream) throws Exception {
    channels.remove(stream);
    spool.deletePrefix(stream + "/");
    expected.keySet().removeIf(key -> key.startsWith(stream + "/"));
    assertThat(spool.list(stream + "/", Optional.empty(), 10)).isEmpty();
  }

  private Map<String, String> stored() throws Exception {
    Map<String, String> stored = new TreeMap<>();
    for (int i = 0; i < streamsMade; i++) {
      for (ObjectStore.ObjectInfo info :
          remote.list("stream" + i + "/", Optional.empty(), 10_000)) {
        stored.put(info.key().value(), ObjectStoreContract.text(remote.get(info.key())));
      }
    }
    return stored;
  }
}
