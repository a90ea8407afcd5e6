package io.streaminfa.control;

import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.StreamId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A pipeline that does what the test says and remembers what it was asked. */
final class FakeActions implements StreamActions {
  final List<String> calls = new CopyOnWriteArrayList<>();
  volatile boolean running = true;
  volatile Optional<StorageException.Kind> storageFailure = Optional.empty();
  volatile boolean breaks;

  @Override
  public boolean stop(StreamId id) {
    calls.add("stop " + id);
    if (breaks) {
      throw new IllegalStateException("a defect, with sk_secret in its message");
    }
    return running;
  }

  @Override
  public ObjectStore.Deleted delete(StreamId id) throws StorageException {
    calls.add("delete " + id + " on a virtual thread: " + Thread.currentThread().isVirtual());
    if (storageFailure.isPresent()) {
      throw new StorageException(
          storageFailure.get(), "bucket-name at host-name", new java.io.IOException("no"));
    }
    return new ObjectStore.Deleted(42, 1_000_000);
  }
}
