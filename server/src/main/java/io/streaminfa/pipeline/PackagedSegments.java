package io.streaminfa.pipeline;

import io.streaminfa.packager.PackagerListener;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the registry and the log what became of a stream's segments. */
final class PackagedSegments implements PackagerListener {
  private static final Logger log = LoggerFactory.getLogger(PackagedSegments.class);

  private final StreamId id;
  private final StreamRegistry registry;
  private final Runnable onFull;

  /** Of a stream that goes on whatever the store refuses. */
  PackagedSegments(StreamId id, StreamRegistry registry) {
    this(id, registry, () -> {});
  }

  /**
   * @param onFull hears that the store has no room for a segment
   */
  PackagedSegments(StreamId id, StreamRegistry registry, Runnable onFull) {
    this.id = id;
    this.registry = registry;
    this.onFull = onFull;
  }

  @Override
  public void playable() {
    log.info("the stream can be played");
  }

  @Override
  public void segmentStored(String rendition, long number, int sizeBytes) {
    registry.segmentProduced(id, rendition);
  }

  @Override
  public void storageFailed(ObjectKey key, StorageException cause) {
    log.error("{} could not be stored ({})", key, cause.kind(), cause);
    if (cause.kind() == StorageException.Kind.FULL) {
      onFull.run();
    }
  }
}
