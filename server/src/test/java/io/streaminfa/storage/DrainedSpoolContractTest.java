package io.streaminfa.storage;

import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** What a spool does when all it had is in the store behind. */
final class DrainedSpoolContractTest extends ObjectStoreContract {
  @TempDir(factory = MemoryFirst.class)
  Path root;

  @Override
  protected ObjectStore create() throws Exception {
    WatchedStore remote = new WatchedStore();
    SpooledObjectStore spool =
        SpooledObjectStore.open(
            root.resolve("spool"),
            remote,
            new SpoolLimits(1L << 30, Duration.ofMillis(2), Duration.ofMillis(20)),
            _ -> true,
            Clock.systemUTC(),
            Duration.ofSeconds(2));
    return new ForwardingStore(spool) {
      @Override
      public void put(ObjectKey key, ByteBuffer data)
          throws StorageException, InterruptedException {
        super.put(key, data);
        await().pollInterval(Duration.ofMillis(1)).until(() -> spool.status().operations() == 0);
      }

      @Override
      public void delete(ObjectKey key) throws StorageException, InterruptedException {
        super.delete(key);
        await().pollInterval(Duration.ofMillis(1)).until(() -> spool.status().operations() == 0);
      }
    };
  }
}
