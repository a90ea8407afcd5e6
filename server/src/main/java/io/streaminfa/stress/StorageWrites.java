package io.streaminfa.stress;

import io.streaminfa.storage.MemoryObjectStore;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore.StoredObject;
import io.streaminfa.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Segments into the memory store, by one thread. Each is a buffer of its own, read-only as the
 * packager hands it over.
 */
final class StorageWrites implements Scenario {
  private static final int SEED = 20_26;

  private final String stream;
  private final int bytes;
  private final List<ByteBuffer> segments = new ArrayList<>();

  StorageWrites(int count, int bytes) {
    this.stream = Streams.newId().value();
    this.bytes = bytes;
    long room = Runtime.getRuntime().maxMemory() / 2;
    if ((long) count * bytes > room) {
      throw new IllegalArgumentException(
          count + " segments of " + bytes + " bytes are more than half of this JVM's memory");
    }
    Random random = new Random(SEED);
    for (int i = 0; i < count; i++) {
      byte[] segment = new byte[bytes];
      random.nextBytes(segment);
      segments.add(ByteBuffer.wrap(segment).asReadOnlyBuffer());
    }
  }

  @Override
  public String operation() {
    return "a put of " + bytes + " bytes to memory";
  }

  @Override
  public Figures round() throws Exception {
    try (MemoryObjectStore store = new MemoryObjectStore(Long.MAX_VALUE)) {
      Figures figures = new Crowd().measured(segments.size(), laps -> write(store, laps)).run();
      for (int i = 0; i < segments.size(); i++) {
        Optional<StoredObject> stored = store.get(ObjectKey.segment(stream, "high", i));
        WrongResult.unless(
            stored.isPresent() && stored.get().data().equals(segments.get(i)),
            "segment " + i + " is not what was written");
      }
      WrongResult.unless(
          store.deletePrefix(ObjectKey.streamPrefix(stream)).bytes()
              == (long) segments.size() * bytes,
          "the store's bytes are not those that were written");
      return figures;
    }
  }

  private void write(MemoryObjectStore store, Laps laps) throws StorageException {
    for (int i = 0; i < segments.size(); i++) {
      store.put(ObjectKey.segment(stream, "high", i), segments.get(i));
      laps.lap();
    }
  }

  @Override
  public void close() {
    segments.clear();
  }
}
