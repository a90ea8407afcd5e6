package io.streaminfa.app;

import io.streaminfa.config.Config;
import io.streaminfa.delivery.StoredCacheControl;
import io.streaminfa.storage.FileObjectStore;
import io.streaminfa.storage.MemoryObjectStore;
import io.streaminfa.storage.MeteredObjectStore;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageException;
import io.streaminfa.storage.StorageMetrics;
import io.streaminfa.storage.s3.S3ObjectStore;
import java.io.IOException;
import java.util.function.Consumer;

/** Opens the store that the settings name. */
final class ObjectStores {
  private ObjectStores() {}

  /** The store of a server, with its metrics. */
  static ObjectStore open(Config config, StorageMetrics metrics) throws IOException {
    return new MeteredObjectStore(open(config, metrics::retried), metrics);
  }

  /**
   * The store alone.
   *
   * @param onRetry takes the operation of each request that is sent again
   * @throws IOException when the directory of a file store cannot be used
   */
  static ObjectStore open(Config config, Consumer<String> onRetry) throws IOException {
    return switch (config.storage().backend()) {
      case MEMORY -> new MemoryObjectStore(Runtime.getRuntime().maxMemory() / 2);
      case FILE -> openFiles(config);
      case S3 ->
          new S3ObjectStore(
              config.storage(), new StoredCacheControl(config.delivery())::of, onRetry);
    };
  }

  private static ObjectStore openFiles(Config config) throws IOException {
    try {
      return FileObjectStore.open(config.server().dataDir().resolve("media"));
    } catch (StorageException e) {
      throw new IOException("the file store cannot be opened: " + e.getMessage(), e);
    }
  }
}
