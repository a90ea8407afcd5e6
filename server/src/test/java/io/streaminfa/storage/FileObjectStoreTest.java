package io.streaminfa.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileObjectStoreTest extends ObjectStoreContract {
  private static final ObjectKey KEY = new ObjectKey("s/high/000001.m4s");

  @TempDir Path root;

  @Override
  protected ObjectStore create() throws Exception {
    return FileObjectStore.open(root.resolve("objects"));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void anObjectIsOneFileWithItsKeyAsItsPath() throws Exception {
    store.put(KEY, bytes("data"));
    assertThat(files()).containsExactly(root.resolve("objects/s/high/000001.m4s"));
  }

  @Test
  void objectsSurviveAReopening() throws Exception {
    store.put(KEY, bytes("data"));
    String etag = store.head(KEY).orElseThrow().etag();
    ObjectStore reopened = create();
    assertThat(text(reopened.get(KEY))).isEqualTo("data");
    assertThat(reopened.head(KEY).orElseThrow().etag()).isEqualTo(etag);
  }

  @Test
  void whatACrashLeftUnfinishedIsRemovedAtOpen() throws Exception {
    Files.write(root.resolve("objects/.tmp/17"), new byte[100]);
    create();
    assertThat(files()).isEmpty();
  }

  @Test
  void aFullDiskIsFullAndLeavesNoPartialObject() throws Exception {
    FileObjectStore full = FileObjectStore.open(root.resolve("objects"), this::fillUp);
    assertThatThrownBy(() -> full.put(KEY, bytes("0123456789")))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FULL));
    assertThat(full.get(KEY)).isEmpty();
    assertThat(files()).isEmpty();
  }

  @Test
  void aFullDiskKeepsTheObjectThatWasThere() throws Exception {
    store.put(KEY, bytes("old"));
    FileObjectStore full = FileObjectStore.open(root.resolve("objects"), this::fillUp);
    assertThatThrownBy(() -> full.put(KEY, bytes("0123456789")))
        .isInstanceOf(StorageException.class);
    assertThat(text(full.get(KEY))).isEqualTo("old");
  }

  private void fillUp(FileChannel channel, ByteBuffer data) throws IOException {
    channel.write(data.slice(0, 5));
    throw new IOException("No space left on device");
  }

  @Test
  void aKeyBelowAnObjectCannotBeStored() throws Exception {
    store.put(KEY, bytes("data"));
    assertThatThrownBy(() -> store.put(new ObjectKey(KEY + "/below"), bytes("data")))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT));
    assertThat(files()).hasSize(1);
  }

  @Test
  void filesThatAreNoObjectsAreNotListed() throws Exception {
    store.put(KEY, bytes("data"));
    Files.write(root.resolve("objects/s/.hidden"), new byte[1]);
    assertThat(store.list("s/", Optional.empty(), 10)).hasSize(1);
  }

  @Test
  void anInterruptedPutIsInterruptedAndStoresNothing() throws Exception {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> store.put(KEY, bytes("data")))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(files()).isEmpty();
  }
}
