package io.streaminfa.storage;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** What a spool in front of a store that is away does by itself. */
final class SpoolContractTest extends ObjectStoreContract {
  @TempDir(factory = MemoryFirst.class)
  Path root;

  @Override
  protected ObjectStore create() throws Exception {
    WatchedStore remote = new WatchedStore();
    remote.away = Optional.of(StorageException.Kind.UNAVAILABLE);
    SpooledObjectStore spool =
        SpooledObjectStore.open(
            root.resolve("spool"),
            remote,
            new SpoolLimits(1L << 30, Duration.ofMillis(2), Duration.ofMillis(20)),
            _ -> true,
            Clock.systemUTC(),
            Duration.ofSeconds(2));
    return spool;
  }
}
