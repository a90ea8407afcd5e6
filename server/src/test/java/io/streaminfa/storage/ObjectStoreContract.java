package io.streaminfa.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.storage.ObjectStore.Deleted;
import io.streaminfa.storage.ObjectStore.ObjectInfo;
import io.streaminfa.storage.ObjectStore.StoredObject;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every object store promises. A store's test extends this and says how to make one. */
public abstract class ObjectStoreContract {
  private static final ObjectKey KEY = new ObjectKey("stream-a/high/000001.m4s");

  /** The store under test. */
  protected ObjectStore store;

  /** An empty store. */
  protected abstract ObjectStore create() throws Exception;

  @BeforeEach
  final void open() throws Exception {
    store = create();
  }

  @AfterEach
  final void close() {
    store.close();
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  static String text(Optional<StoredObject> object) {
    return UTF_8.decode(object.orElseThrow().data().duplicate()).toString();
  }

  private void putAll(String... keys) throws Exception {
    for (String key : keys) {
      store.put(new ObjectKey(key), bytes(key));
    }
  }

  private static List<String> keys(List<ObjectInfo> infos) {
    return infos.stream().map(info -> info.key().value()).toList();
  }

  @Test
  void anObjectComesBackAsItWasPut() throws Exception {
    store.put(KEY, bytes("twelve bytes"));
    StoredObject object = store.get(KEY).orElseThrow();
    assertThat(text(Optional.of(object))).isEqualTo("twelve bytes");
    assertThat(object.info().key()).isEqualTo(KEY);
    assertThat(object.info().sizeBytes()).isEqualTo(12);
    assertThat(store.head(KEY)).contains(object.info());
  }

  @Test
  void onlyTheBytesBetweenPositionAndLimitAreStored() throws Exception {
    ByteBuffer data = bytes("xxinsidexx").position(2).limit(8);
    store.put(KEY, data);
    assertThat(text(store.get(KEY))).isEqualTo("inside");
    assertThat(data.position()).isEqualTo(2);
    assertThat(data.limit()).isEqualTo(8);
  }

  @Test
  void directAndReadOnlyBuffersAreStoredToo() throws Exception {
    ByteBuffer direct = ByteBuffer.allocateDirect(6).put(bytes("direct")).flip();
    store.put(KEY, direct.asReadOnlyBuffer());
    assertThat(text(store.get(KEY))).isEqualTo("direct");
  }

  @Test
  void aWritableBufferMayBeReusedAfterThePut() throws Exception {
    byte[] array = "before".getBytes(UTF_8);
    store.put(KEY, ByteBuffer.wrap(array));
    Arrays.fill(array, (byte) 'x');
    assertThat(text(store.get(KEY))).isEqualTo("before");
  }

  @Test
  void whatIsReadIsReadOnly() throws Exception {
    store.put(KEY, bytes("data"));
    ByteBuffer data = store.get(KEY).orElseThrow().data();
    assertThatThrownBy(() -> data.put(0, (byte) 0)).isInstanceOf(ReadOnlyBufferException.class);
    data.get();
    assertThat(text(store.get(KEY))).as("readers do not share a position").isEqualTo("data");
  }

  @Test
  void anObjectMayBeEmpty() throws Exception {
    store.put(KEY, ByteBuffer.allocate(0));
    assertThat(text(store.get(KEY))).isEmpty();
    assertThat(store.head(KEY).orElseThrow().sizeBytes()).isZero();
    assertThat(text(store.getRange(KEY, 0, 10))).isEmpty();
  }

  @Test
  void aPutReplacesTheObjectAndChangesItsEtag() throws Exception {
    List<String> etags = new ArrayList<>();
    for (String version : List.of("one", "two", "six")) {
      store.put(KEY, bytes(version));
      assertThat(text(store.get(KEY))).isEqualTo(version);
      etags.add(store.head(KEY).orElseThrow().etag());
    }
    assertThat(etags).doesNotHaveDuplicates().noneMatch(etag -> etag.contains("\""));
  }

  @Test
  void whatIsNotThereIsEmpty() throws Exception {
    assertThat(store.get(KEY)).isEmpty();
    assertThat(store.getRange(KEY, 0, 1)).isEmpty();
    assertThat(store.head(KEY)).isEmpty();
    assertThat(store.list("stream-a/", Optional.empty(), 10)).isEmpty();
  }

  @Test
  void aDirectoryIsNoObject() throws Exception {
    store.put(KEY, bytes("data"));
    assertThat(store.get(new ObjectKey("stream-a/high"))).isEmpty();
    assertThat(store.head(new ObjectKey("stream-a/high"))).isEmpty();
    store.delete(new ObjectKey("stream-a/high"));
    assertThat(store.head(KEY)).isPresent();
  }

  @Test
  void nothingIsBelowAnObject() throws Exception {
    store.put(KEY, bytes("data"));
    assertThat(store.get(new ObjectKey(KEY + "/below"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 10, 0123456789",
    "0, 1, 0",
    "3, 4, 3456",
    "9, 1, 9",
    "8, 100, 89",
    "10, 5, ''",
    "5000000000, 5, ''",
    "4, 0, ''"
  })
  void aRangeIsCutWhereTheObjectEnds(long offset, int length, String expected) throws Exception {
    store.put(KEY, bytes("0123456789"));
    Optional<StoredObject> range = store.getRange(KEY, offset, length);
    assertThat(text(range)).isEqualTo(expected);
    assertThat(range.orElseThrow().info()).isEqualTo(store.head(KEY).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({"-1, 1", "0, -1"})
  void aNegativeRangeIsTheCallersMistake(long offset, int length) {
    assertThatThrownBy(() -> store.getRange(KEY, offset, length))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void listingIsInKeyOrderWithDirectoriesWhereTheirSlashSorts() throws Exception {
    putAll("s/b/2.m4s", "s/a/x", "s/a-b", "s/a.b", "s/a0", "s/b/10.m4s", "s/-", "s/_", "other/x");
    assertThat(keys(store.list("s/", Optional.empty(), 100)))
        .containsExactly("s/-", "s/_", "s/a-b", "s/a.b", "s/a/x", "s/a0", "s/b/10.m4s", "s/b/2.m4s")
        .isSorted();
  }

  @Test
  void listingShowsSizesAndEtags() throws Exception {
    store.put(KEY, bytes("12345"));
    assertThat(store.list("stream-a/", Optional.empty(), 10))
        .containsExactly(store.head(KEY).orElseThrow());
  }

  @Test
  void aPrefixEndsAtItsSlash() throws Exception {
    putAll("ab/x", "abc/x", "ab/c/y");
    assertThat(keys(store.list("ab/", Optional.empty(), 10))).containsExactly("ab/c/y", "ab/x");
    assertThat(keys(store.list("ab/c/", Optional.empty(), 10))).containsExactly("ab/c/y");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 100})
  void pagesOfAnySizeGiveEveryKeyOnce(int limit) throws Exception {
    String[] keys = {"s/a/1", "s/a/2", "s/a/3", "s/a-1", "s/b/1", "s/b/c/1", "s/b/d", "s/z"};
    putAll(keys);
    List<String> seen = new ArrayList<>();
    Optional<ObjectKey> after = Optional.empty();
    while (true) {
      List<ObjectInfo> page = store.list("s/", after, limit);
      assertThat(page).hasSizeLessThanOrEqualTo(limit);
      if (page.isEmpty()) {
        break;
      }
      seen.addAll(keys(page));
      after = Optional.of(page.getLast().key());
    }
    Arrays.sort(keys);
    assertThat(seen).containsExactly(keys);
  }

  @Test
  void aPageMayStartAfterAKeyThatIsGone() throws Exception {
    putAll("s/a", "s/c");
    assertThat(keys(store.list("s/", Optional.of(new ObjectKey("s/b")), 10)))
        .containsExactly("s/c");
    assertThat(keys(store.list("s/", Optional.of(new ObjectKey("r/z")), 10)))
        .containsExactly("s/a", "s/c");
    assertThat(store.list("s/", Optional.of(new ObjectKey("t/a")), 10)).isEmpty();
  }

  @Test
  void deleteRemovesOneObjectAndMayBeRepeated() throws Exception {
    putAll("s/a", "s/b");
    store.delete(new ObjectKey("s/a"));
    store.delete(new ObjectKey("s/a"));
    assertThat(store.get(new ObjectKey("s/a"))).isEmpty();
    assertThat(keys(store.list("s/", Optional.empty(), 10))).containsExactly("s/b");
  }

  @Test
  void deletePrefixRemovesAllBelowAndCounts() throws Exception {
    putAll("s/a", "s/high/1", "s/high/2", "s2/a");
    assertThat(store.deletePrefix("s/high/")).isEqualTo(new Deleted(2, 16));
    assertThat(store.deletePrefix("s/")).isEqualTo(new Deleted(1, 3));
    assertThat(store.deletePrefix("s/")).isEqualTo(new Deleted(0, 0));
    assertThat(keys(store.list("s2/", Optional.empty(), 10))).containsExactly("s2/a");
    putAll("s/high/1");
    assertThat(store.head(new ObjectKey("s/high/1"))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "s", "../", "s/../", "s//", "/s/", ".tmp/"})
  void aPrefixThatNamesNoDirectoryIsRefused(String prefix) {
    assertThatThrownBy(() -> store.deletePrefix(prefix))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.list(prefix, Optional.empty(), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aReaderSeesTheOldBytesOrTheNewOnes() throws Exception {
    String[] versions = {"a".repeat(70_000), "b".repeat(50_000)};
    store.put(KEY, bytes(versions[0]));
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> reader =
          executor.submit(
              () -> {
                int reads = 0;
                while (!done.get() || reads == 0) {
                  assertThat(text(store.get(KEY))).isIn((Object[]) versions);
                  reads++;
                }
                return reads;
              });
      for (int i = 0; i < 20; i++) {
        store.put(KEY, bytes(versions[i % 2]));
      }
      done.set(true);
      assertThat(reader.get()).isPositive();
    }
  }

  @Test
  void manyWritersAndADeleterLeaveNothingHalfDone() throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        ObjectKey key = new ObjectKey("s/r" + i % 5 + "/" + i);
        writers.add(executor.submit(() -> putThenDeleteAll(key)));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
    store.deletePrefix("s/");
    assertThat(store.list("s/", Optional.empty(), 10)).isEmpty();
  }

  private @Nullable Void putThenDeleteAll(ObjectKey key) throws Exception {
    store.put(key, bytes("data"));
    store.deletePrefix("s/");
    return null;
  }
}
