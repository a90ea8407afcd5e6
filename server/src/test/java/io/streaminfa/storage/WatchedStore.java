package io.streaminfa.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A far store that fails as far stores do, and sees at each change whether one of its playlists
 * names what it does not have.
 */
final class WatchedStore extends ForwardingStore {
  private final MemoryObjectStore memory;
  private final ReentrantLock changes = new ReentrantLock();
  final List<String> violations = new ArrayList<>();
  final List<String> log = new ArrayList<>();
  final AtomicInteger puts = new AtomicInteger();
  final AtomicInteger concurrent = new AtomicInteger();
  final AtomicInteger mostConcurrent = new AtomicInteger();

  /** Of a hundred requests, so many fail; half of them after they were carried out. */
  volatile int failPercent;

  volatile long latencyMs;
  volatile Optional<StorageException.Kind> away = Optional.empty();

  WatchedStore() {
    this(new MemoryObjectStore(1L << 30));
  }

  private WatchedStore(MemoryObjectStore memory) {
    super(memory);
    this.memory = memory;
  }

  private interface Change {
    void make() throws StorageException, InterruptedException;
  }

  private void change(String what, Change change) throws StorageException, InterruptedException {
    mostConcurrent.accumulateAndGet(concurrent.incrementAndGet(), Math::max);
    try {
      if (latencyMs > 0) {
        Thread.sleep(latencyMs);
      }
      if (away.isPresent()) {
        throw new StorageException(away.get(), "away", new IOException("away"));
      }
      int luck = ThreadLocalRandom.current().nextInt(100);
      boolean fails = luck < failPercent;
      if (!fails || luck % 2 == 0) {
        changes.lockInterruptibly();
        try {
          change.make();
          log.add(what);
          check(what);
        } finally {
          changes.unlock();
        }
      }
      if (fails) {
        throw new StorageException(
            StorageException.Kind.UNAVAILABLE, "503", new IOException("Slow Down"));
      }
    } finally {
      concurrent.decrementAndGet();
    }
  }

  /** Looks at every playlist after every change: slow, and certain. */
  private void check(String after) throws StorageException {
    String stream = after.substring(after.indexOf(' ') + 1, after.indexOf('/'));
    for (ObjectInfo info : memory.list(stream + "/", Optional.empty(), Integer.MAX_VALUE)) {
      if (info.key().type() == ObjectKey.ObjectType.MANIFEST) {
        checkPlaylist(info.key(), after);
      }
    }
  }

  private void checkPlaylist(ObjectKey key, String after) {
    String directory = key.value().substring(0, key.value().lastIndexOf('/') + 1);
    String text = UTF_8.decode(memory.get(key).orElseThrow().data().duplicate()).toString();
    for (String line : text.lines().toList()) {
      if (!line.isBlank() && memory.head(new ObjectKey(directory + line)).isEmpty()) {
        violations.add("after " + after + ": " + key + " names " + line);
      }
    }
  }

  @Override
  public void put(ObjectKey key, ByteBuffer data) throws StorageException, InterruptedException {
    puts.incrementAndGet();
    change("put " + key, () -> super.put(key, data));
  }

  @Override
  public void delete(ObjectKey key) throws StorageException, InterruptedException {
    change("delete " + key, () -> super.delete(key));
  }

  @Override
  public Deleted deletePrefix(String prefix) throws StorageException, InterruptedException {
    AtomicLong objects = new AtomicLong();
    AtomicLong bytes = new AtomicLong();
    change("wipe " + prefix, () -> removeOneByOne(prefix, objects, bytes));
    return new Deleted(objects.get(), bytes.get());
  }

  /** In the order of their keys, as a far store would. */
  private void removeOneByOne(String prefix, AtomicLong objects, AtomicLong bytes)
      throws StorageException {
    for (ObjectInfo info : memory.list(prefix, Optional.empty(), Integer.MAX_VALUE)) {
      memory.delete(info.key());
      objects.incrementAndGet();
      bytes.addAndGet(info.sizeBytes());
      check("wipe " + info.key());
    }
  }

  /** An object that was there before the spool. */
  void put0(ObjectKey key, ByteBuffer data) throws StorageException {
    memory.put(key, data);
  }

  List<String> log() {
    changes.lock();
    try {
      return List.copyOf(log);
    } finally {
      changes.unlock();
    }
  }

  List<String> violations() {
    changes.lock();
    try {
      return List.copyOf(violations);
    } finally {
      changes.unlock();
    }
  }

  /** The store outlives the spool in front of it. */
  @Override
  public void close() {}
}
