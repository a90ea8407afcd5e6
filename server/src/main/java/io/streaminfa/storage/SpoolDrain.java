package io.streaminfa.storage;

import io.streaminfa.storage.ObjectStore.Deleted;
import io.streaminfa.storage.ObjectStore.ObjectInfo;
import io.streaminfa.storage.ObjectStore.StoredObject;
import io.streaminfa.storage.StorageException.Kind;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what waits in a spool, each operation on a virtual thread of its own. */
final class SpoolDrain implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SpoolDrain.class);

  private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(2);

  private final SpoolLog waiting;
  private final FileObjectStore local;
  private final ObjectStore remote;
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private final Thread dispatcher;

  SpoolDrain(SpoolLog waiting, FileObjectStore local, ObjectStore remote) {
    this.waiting = waiting;
    this.local = local;
    this.remote = remote;
    this.dispatcher = Thread.ofVirtual().name("spool").unstarted(this::dispatch);
  }

  void start() {
    dispatcher.start();
  }

  private void dispatch() {
    try {
      for (Optional<SpoolOperation> next = waiting.take();
          next.isPresent();
          next = waiting.take()) {
        SpoolOperation operation = next.get();
        Thread thread =
            Thread.ofVirtual()
                .name("spool-" + operation.sequence())
                .unstarted(() -> carryOut(operation));
        running.add(thread);
        thread.start();
      }
    } catch (InterruptedException e) {
      log.debug("the spool ends");
    }
  }

  private void carryOut(SpoolOperation operation) {
    boolean settled = false;
    try {
      forward(operation);
      removeFiles(operation);
      settled = true;
      waiting.completed(operation);
    } catch (StorageException e) {
      log.debug("{} has to wait: {}", operation.file.key(), e.getMessage());
      settled = true;
      waiting.failed(operation, e.kind(), e.getMessage());
    } catch (InterruptedException e) {
      log.debug("{} stays for the next start", operation.file.key());
    } finally {
      if (!settled) {
        waiting.failed(operation, Kind.UNAVAILABLE, "broken off");
      }
      running.remove(Thread.currentThread());
    }
  }

  private void forward(SpoolOperation operation) throws StorageException, InterruptedException {
    SpoolFile file = operation.file;
    switch (file.kind()) {
      case PUT -> put(file);
      case DELETE -> remote.delete(file.key());
      case WIPE -> operation.wiped.complete(wipe(file.prefix()));
    }
  }

  private void put(SpoolFile file) throws StorageException, InterruptedException {
    Optional<StoredObject> object = local.get(file.file());
    if (object.isPresent() && file.holds(object.get().data())) {
      remote.put(file.key(), object.get().data());
    } else {
      // It was synced before it was accepted: only a broken disk, or a hand, comes here.
      log.error("spool_file_damaged key={}: the object is lost", file.key());
    }
  }

  /**
   * What the deletion of a prefix removed from the store behind.
   *
   * @param playlists among it
   */
  record Wiped(Deleted deleted, Set<ObjectKey> playlists) {
    static final Wiped NOTHING = new Wiped(new Deleted(0, 0), Set.of());
  }

  /** What names objects goes before them. */
  private Wiped wipe(String prefix) throws StorageException, InterruptedException {
    long bytes = 0;
    Set<ObjectKey> playlists = new HashSet<>();
    for (ObjectInfo playlist : StoredPlaylists.below(remote, prefix)) {
      remote.delete(playlist.key());
      playlists.add(playlist.key());
      bytes += playlist.sizeBytes();
    }
    Deleted rest = remote.deletePrefix(prefix);
    return new Wiped(
        new Deleted(playlists.size() + rest.objects(), bytes + rest.bytes()),
        Set.copyOf(playlists));
  }

  /** In this order: what a crash leaves of it is an operation that is carried out again. */
  private void removeFiles(SpoolOperation operation) throws StorageException, InterruptedException {
    for (SpoolFile stale : waiting.staleFiles(operation.file.stream())) {
      local.delete(stale.file());
      waiting.removed(stale);
    }
    local.delete(operation.file.file());
  }

  /** Breaks off what is under way; it stays in the spool. */
  @Override
  public void close() {
    waiting.close();
    dispatcher.interrupt();
    long deadlineNanos = System.nanoTime() + CLOSE_DEADLINE.toNanos();
    try {
      awaitEnd(dispatcher, deadlineNanos); // it begins nothing after this
      for (Thread thread : running) {
        thread.interrupt();
      }
      for (Thread thread : running) {
        awaitEnd(thread, deadlineNanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitEnd(Thread thread, long deadlineNanos) throws InterruptedException {
    if (!thread.join(Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime())))) {
      log.warn("a request to the object store is still under way");
    }
  }
}
