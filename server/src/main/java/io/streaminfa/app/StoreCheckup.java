package io.streaminfa.app;

import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.ObjectStore.Deleted;
import io.streaminfa.storage.ObjectStore.ObjectInfo;
import io.streaminfa.storage.ObjectStore.StoredObject;
import io.streaminfa.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Puts, reads, lists and deletes objects of its own in a store, as a stream does. */
final class StoreCheckup {
  private static final int SEGMENT_BYTES = 200_000;

  /** So large that an S3 store sends it in parts. */
  private static final int FILE_BYTES = 20 << 20;

  private final ObjectStore store;
  private final Findings findings;
  private final String prefix = "doctor-" + UUID.randomUUID() + "/";
  private final ObjectKey segment = new ObjectKey(prefix + "high/000000.m4s");
  private final ObjectKey file = new ObjectKey(prefix + "source.mp4");

  StoreCheckup(ObjectStore store, Findings findings) {
    this.store = store;
    this.findings = findings;
  }

  /** What a step found wrong, in words. */
  private static final class Wrong extends Exception {
    private static final long serialVersionUID = 1L;

    Wrong(String message) {
      super(message);
    }
  }

  @FunctionalInterface
  private interface Step {
    void run() throws Wrong, StorageException, InterruptedException;
  }

  /** Whether all steps succeeded; after one that did not the others are left out. */
  boolean run() throws InterruptedException {
    ByteBuffer small = random(SEGMENT_BYTES);
    ByteBuffer large = random(FILE_BYTES);
    boolean stored = step("put 200 kB", () -> store.put(segment, small));
    boolean good =
        stored
            && step("get 200 kB", () -> expect(store.get(segment), small))
            && step(
                "range", () -> expect(store.getRange(segment, 1000, 500), small.slice(1000, 500)))
            && step("head", this::head)
            && step("list", this::list)
            && step("put 20 MiB", () -> store.put(file, large))
            && step("get 20 MiB", () -> expect(store.get(file), large))
            && step("delete", this::delete);
    boolean clean = !stored || step("delete prefix", this::deleteAll);
    return good && clean;
  }

  private boolean step(String name, Step step) throws InterruptedException {
    long startNanos = System.nanoTime();
    try {
      step.run();
      findings.good(name, (System.nanoTime() - startNanos) / 1_000_000 + " ms");
      return true;
    } catch (Wrong | StorageException e) {
      findings.bad(name, String.valueOf(e.getMessage()));
      return false;
    }
  }

  private static ByteBuffer random(int bytes) {
    byte[] data = new byte[bytes];
    new Random(bytes).nextBytes(data);
    return ByteBuffer.wrap(data).asReadOnlyBuffer();
  }

  private static void expect(Optional<StoredObject> found, ByteBuffer data) throws Wrong {
    if (found.isEmpty()) {
      throw new Wrong("what was stored is not there");
    }
    if (!found.get().data().equals(data)) {
      throw new Wrong("what was stored comes back changed");
    }
  }

  private void head() throws Wrong, StorageException, InterruptedException {
    Optional<ObjectInfo> info = store.head(segment);
    if (info.isEmpty() || info.get().sizeBytes() != SEGMENT_BYTES) {
      throw new Wrong("what was stored is not there, or has another size");
    }
  }

  private void list() throws Wrong, StorageException, InterruptedException {
    List<ObjectKey> keys =
        store.list(prefix, Optional.empty(), 10).stream().map(ObjectInfo::key).toList();
    if (!keys.equals(List.of(segment))) {
      throw new Wrong("what was stored is not listed");
    }
  }

  private void delete() throws Wrong, StorageException, InterruptedException {
    store.delete(segment);
    if (store.get(segment).isPresent()) {
      throw new Wrong("what was deleted is still there");
    }
  }

  private void deleteAll() throws Wrong, StorageException, InterruptedException {
    Deleted _ = store.deletePrefix(prefix);
    if (!store.list(prefix, Optional.empty(), 1).isEmpty()) {
      throw new Wrong("what was deleted is still listed");
    }
  }
}
