package io.streaminfa.stress;

import io.streaminfa.storage.MemoryObjectStore;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore.StoredObject;
import io.streaminfa.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Many readers of one memory store; each object says which it is. */
final class StorageReads implements Scenario {
  private static final int OBJECTS = 1000;

  private final int readers;
  private final int reads;
  private final MemoryObjectStore store = new MemoryObjectStore(Long.MAX_VALUE);
  private final List<ObjectKey> keys = new ArrayList<>();

  StorageReads(int readers, int reads) throws StorageException {
    this.readers = readers;
    this.reads = reads;
    String stream = Streams.newId().value();
    for (int i = 0; i < OBJECTS; i++) {
      keys.add(ObjectKey.segment(stream, "high", i));
      store.put(keys.get(i), ByteBuffer.allocate(Integer.BYTES).putInt(0, i));
    }
  }

  @Override
  public String operation() {
    return "a get out of " + OBJECTS + " objects in memory";
  }

  @Override
  public Figures round() throws Exception {
    Crowd crowd = new Crowd();
    for (int i = 0; i < readers; i++) {
      int first = i * (OBJECTS / readers + 1);
      crowd.measured(reads, laps -> read(first, laps));
    }
    return crowd.run();
  }

  private void read(int first, Laps laps) throws WrongResult {
    for (int i = 0; i < reads; i++) {
      int index = (first + i) % OBJECTS;
      Optional<StoredObject> object = store.get(keys.get(index));
      if (object.isEmpty() || object.get().data().getInt() != index) {
        throw new WrongResult("object " + index + " is not what was written");
      }
      laps.lap();
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
