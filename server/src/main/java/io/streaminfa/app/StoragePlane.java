package io.streaminfa.app;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.config.Config;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.SpoolLimits;
import io.streaminfa.storage.SpoolMetrics;
import io.streaminfa.storage.SpoolStatus;
import io.streaminfa.storage.SpooledObjectStore;
import io.streaminfa.storage.StorageException;
import io.streaminfa.storage.StorageMetrics;
import io.streaminfa.storage.StorageSettings.Backend;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** The store of the settings, with a spool in front of it where it is far away. */
final class StoragePlane implements AutoCloseable {
  private static final String SPOOL = "spool";

  private final ObjectStore store;
  private final Optional<SpooledObjectStore> spool;

  private StoragePlane(ObjectStore store, Optional<SpooledObjectStore> spool) {
    this.store = store;
    this.spool = spool;
  }

  /**
   * @throws IOException when a directory cannot be used
   */
  static StoragePlane open(
      Config config, StreamRegistry streams, PrometheusRegistry prometheus, Clock clock)
      throws IOException {
    ObjectStore behind = ObjectStores.open(config, new StorageMetrics(prometheus));
    if (config.storage().backend() != Backend.S3) {
      return new StoragePlane(behind, Optional.empty());
    }
    try {
      SpooledObjectStore spool =
          SpooledObjectStore.open(
              config.server().dataDir().resolve(SPOOL),
              behind,
              SpoolLimits.of(config.storage().spoolMaxBytes(), config.storage().initialBackoff()),
              name -> isLive(streams, name),
              clock,
              drainTime(config));
      SpoolMetrics.register(prometheus, spool);
      return new StoragePlane(spool, Optional.of(spool));
    } catch (StorageException e) {
      throw new IOException("the spool cannot be opened: " + e.getMessage(), e);
    }
  }

  /** What is left of the shutdown deadline when publishers and recordings had theirs. */
  private static Duration drainTime(Config config) {
    return config.server().shutdownTimeout().dividedBy(5);
  }

  private static boolean isLive(StreamRegistry streams, String name) {
    return StreamId.parse(name)
        .flatMap(streams::find)
        .map(Stream::state)
        .filter(state -> state.takesMedia())
        .isPresent();
  }

  ObjectStore store() {
    return store;
  }

  /** How the spool is doing, where there is one. */
  Optional<SpoolStatus> spoolStatus() {
    return spool.map(SpooledObjectStore::status);
  }

  /** Whether another stream may begin, and a running one go on. */
  boolean takesMedia() {
    return spool.map(s -> s.status().takesNewStreams()).orElse(true);
  }

  @Override
  public void close() {
    store.close();
  }
}
