package io.streaminfa.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.storage.StorageException.Kind;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class MemoryObjectStoreTest extends ObjectStoreContract {
  private static final ObjectKey KEY = new ObjectKey("s/a");

  @Override
  protected ObjectStore create() {
    return new MemoryObjectStore(1_000_000);
  }

  @Test
  void aReadOnlyBufferIsKeptWithoutACopy() throws Exception {
    ByteBuffer direct = ByteBuffer.allocateDirect(16).asReadOnlyBuffer();
    store.put(KEY, direct);
    assertThat(store.get(KEY).orElseThrow().data().isDirect()).isTrue();
  }

  @Test
  void aFullStoreSaysSoAndTakesAgainWhatADeletionFreed() throws Exception {
    store.put(KEY, ByteBuffer.allocate(999_999));
    assertThatThrownBy(() -> store.put(new ObjectKey("s/b"), ByteBuffer.allocate(2)))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FULL));
    assertThat(store.head(new ObjectKey("s/b"))).isEmpty();
    store.deletePrefix("s/");
    store.put(new ObjectKey("s/b"), ByteBuffer.allocate(1_000_000));
    store.delete(new ObjectKey("s/b"));
    store.put(KEY, ByteBuffer.allocate(400_000));
    store.put(KEY, ByteBuffer.allocate(500_000));
    store.put(new ObjectKey("s/b"), ByteBuffer.allocate(500_000));
  }
}
