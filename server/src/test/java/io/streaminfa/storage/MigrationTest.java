package io.streaminfa.storage;

import static io.streaminfa.storage.ObjectStoreContract.bytes;
import static io.streaminfa.storage.ObjectStoreContract.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.storage.StorageException.Kind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MigrationTest {
  private static final int SEGMENTS = 40;

  @TempDir(factory = MemoryFirst.class)
  Path root;

  private final WatchedStore target = new WatchedStore();
  private FileObjectStore source;

  @BeforeEach
  void fill() throws Exception {
    source = FileObjectStore.open(root);
    for (String stream : List.of("a", "b")) {
      StringBuilder playlist = new StringBuilder("init.mp4\n");
      source.put(ObjectKey.init(stream, "high", 0), bytes("init"));
      for (int number = 0; number < SEGMENTS; number++) {
        source.put(ObjectKey.segment(stream, "high", number), bytes(stream + number));
        playlist.append(ObjectKey.segmentName(number)).append('\n');
      }
      source.put(ObjectKey.mediaPlaylist(stream, "high"), bytes(playlist.toString()));
      source.put(ObjectKey.multivariantPlaylist(stream), bytes("high/media.m3u8"));
    }
  }

  private Migration.Summary migrate(ObjectStore to) throws Exception {
    return new Migration(source, to, (_, _, _) -> {}).run();
  }

  @Test
  void everythingIsThereAndPlaylistsCameLast() throws Exception {
    List<String> progress = Collections.synchronizedList(new ArrayList<>());
    Migration.Summary summary =
        new Migration(source, target, (done, all, _) -> progress.add(done + "/" + all)).run();
    assertThat(summary.copied()).isEqualTo(2 * (SEGMENTS + 3));
    assertThat(progress).containsExactly("0/2", "1/2", "2/2");
    assertThat(text(target.get(ObjectKey.segment("b", "high", 7)))).isEqualTo("b7");
    assertThat(target.violations()).isEmpty();
    assertThat(target.mostConcurrent.get()).isLessThanOrEqualTo(Migration.MAX_AT_ONCE);
  }

  @Test
  void whatBrokeOffGoesOn() throws Exception {
    AtomicInteger left = new AtomicInteger(50);
    ObjectStore breaking =
        new ForwardingStore(target) {
          @Override
          public void put(ObjectKey key, ByteBuffer data)
              throws StorageException, InterruptedException {
            if (left.getAndDecrement() <= 0) {
              throw new StorageException(Kind.UNAVAILABLE, "cut");
            }
            super.put(key, data);
          }
        };
    assertThatThrownBy(() -> migrate(breaking)).isInstanceOf(StorageException.class);
    assertThat(target.violations()).isEmpty();
    Migration.Summary summary = migrate(target);
    assertThat(summary.present()).isEqualTo(50);
    assertThat(summary.copied()).isEqualTo(2 * (SEGMENTS + 3) - 50);
    assertThat(migrate(target).copied()).isZero();
  }

  @Test
  void anObjectOfTheSameSizeWithOtherBytesIsCopied() throws Exception {
    target.put0(ObjectKey.init("a", "high", 0), bytes("tini"));
    migrate(target);
    assertThat(text(target.get(ObjectKey.init("a", "high", 0)))).isEqualTo("init");
  }

  @Test
  void aStoreThatKeepsOtherBytesIsFoundOut() {
    ObjectStore lying =
        new ForwardingStore(target) {
          @Override
          public Optional<StoredObject> get(ObjectKey key)
              throws StorageException, InterruptedException {
            return super.get(key)
                .map(o -> new StoredObject(o.info(), ByteBuffer.allocate(o.data().remaining())));
          }
        };
    assertThatThrownBy(() -> migrate(lying))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT));
  }
}
