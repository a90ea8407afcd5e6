package io.streaminfa.storage;

import io.streaminfa.storage.SpooledStream.Look;
import io.streaminfa.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that may be slow or away, behind the local disk: what is put here is durable here when
 * the call returns, can be read at once, and goes to the store behind in an order in which that
 * store's playlists never name what it does not have. Nothing that was accepted is given up,
 * however long the store behind is away; at its limit the spool accepts no more.
 */
public final class SpooledObjectStore implements ObjectStore {
  private static final Logger log = LoggerFactory.getLogger(SpooledObjectStore.class);

  /** How long a prefix deletion waits to hear how much the store behind had. */
  private static final Duration COUNT_DEADLINE = Duration.ofSeconds(10);

  private static final Duration COUNT_STEP = Duration.ofMillis(200);

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private final FileObjectStore local;
  private final ObjectStore remote;
  private final SpoolLog waiting;
  private final SpoolDrain drain;
  private final Duration closeDeadline;

  private SpooledObjectStore(
      FileObjectStore local, ObjectStore remote, SpoolLog waiting, Duration closeDeadline) {
    this.local = local;
    this.remote = remote;
    this.waiting = waiting;
    this.drain = new SpoolDrain(waiting, local, remote);
    this.closeDeadline = closeDeadline;
  }

  /**
   * Opens the spool, with what an earlier process left in it.
   *
   * @param directory its own; made when missing
   * @param remote the store behind, closed with this one
   * @param isLive whether the stream of that name is live now, so that it goes first; must not
   *     block
   * @param closeDeadline how long {@link #close} waits for the spool to become empty
   */
  public static SpooledObjectStore open(
      Path directory,
      ObjectStore remote,
      SpoolLimits limits,
      Predicate<String> isLive,
      Clock clock,
      Duration closeDeadline)
      throws StorageException {
    return open(
        directory, FileObjectStore.open(directory), remote, limits, isLive, clock, closeDeadline);
  }

  static SpooledObjectStore open(
      Path directory,
      FileObjectStore local,
      ObjectStore remote,
      SpoolLimits limits,
      Predicate<String> isLive,
      Clock clock,
      Duration closeDeadline)
      throws StorageException {
    SpoolLog waiting = new SpoolLog(limits, isLive, clock);
    try {
      List<SpoolRecovery.Found> found = SpoolRecovery.read(directory);
      if (!found.isEmpty()) {
        log.info("{} operations of an earlier run wait for the object store", found.size());
      }
      waiting.restore(found);
    } catch (IOException e) {
      throw FileFailure.of("cannot read the spool " + directory, e);
    }
    SpooledObjectStore store = new SpooledObjectStore(local, remote, waiting, closeDeadline);
    store.drain.start();
    return store;
  }

  /** How the spool is doing. */
  public SpoolStatus status() {
    return waiting.status();
  }

  @Override
  public void put(ObjectKey key, ByteBuffer data) throws StorageException, InterruptedException {
    SpoolFile file = waiting.admit(SpoolFile.put(key, data));
    var _ = accept(file, data);
  }

  private SpoolLog.Accepted accept(SpoolFile file, ByteBuffer data)
      throws StorageException, InterruptedException {
    write(file, data);
    SpoolLog.Accepted accepted = waiting.accept(file);
    for (SpoolFile old : accepted.needless()) {
      if (removeQuietly(old)) {
        waiting.removed(old);
      }
    }
    return accepted;
  }

  private void write(SpoolFile file, ByteBuffer data)
      throws StorageException, InterruptedException {
    Optional<Kind> failure = Optional.empty();
    boolean written = false;
    try {
      local.put(file.file(), data);
      written = true;
    } catch (StorageException e) {
      failure = Optional.of(e.kind());
      throw e;
    } finally {
      if (!written) {
        var _ = removeQuietly(file);
        waiting.abandon(file, failure);
      }
    }
  }

  /** A file that stays is removed with the next operation of its stream. */
  private boolean removeQuietly(SpoolFile file) {
    try {
      local.delete(file.file());
      return true;
    } catch (StorageException e) {
      log.warn("a needless file stays in the spool for now: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  @Override
  public Optional<StoredObject> get(ObjectKey key) throws StorageException, InterruptedException {
    return read(key, local::get, remote::get);
  }

  @Override
  public Optional<StoredObject> getRange(ObjectKey key, long offset, int length)
      throws StorageException, InterruptedException {
    ByteRange.checkArguments(offset, length);
    return read(
        key, k -> local.getRange(k, offset, length), k -> remote.getRange(k, offset, length));
  }

  private interface Read {
    Optional<StoredObject> of(ObjectKey key) throws StorageException, InterruptedException;
  }

  private Optional<StoredObject> read(ObjectKey key, Read here, Read behind)
      throws StorageException, InterruptedException {
    Look last = new Look.Behind();
    while (true) {
      Look look = waiting.look(key);
      if (look instanceof Look.Deleted) {
        return Optional.empty();
      }
      if (!(look instanceof Look.Here(SpoolFile file)) || look.equals(last)) {
        return behind.of(key);
      }
      Optional<StoredObject> object = here.of(file.file());
      if (object.isPresent()) {
        return Optional.of(new StoredObject(file.info(), object.get().data()));
      }
      last = look; // it has just gone to the store behind, or a newer one has taken its place
    }
  }

  @Override
  public Optional<ObjectInfo> head(ObjectKey key) throws StorageException, InterruptedException {
    return switch (waiting.look(key)) {
      case Look.Here(SpoolFile file) -> Optional.of(file.info());
      case Look.Deleted() -> Optional.empty();
      case Look.Behind() -> remote.head(key);
    };
  }

  @Override
  public List<ObjectInfo> list(String prefix, Optional<ObjectKey> after, int limit)
      throws StorageException, InterruptedException {
    KeyPrefix.checkForList(prefix);
    // First what is here: what goes to the store behind meanwhile is seen twice, and never missed.
    SpoolLog.Overlay overlay = waiting.below(prefix);
    NavigableMap<ObjectKey, ObjectInfo> merged = new TreeMap<>();
    for (Map.Entry<ObjectKey, SpoolFile> entry : overlay.files().entrySet()) {
      if (entry.getValue().isPut()
          && after.filter(a -> a.compareTo(entry.getKey()) >= 0).isEmpty()) {
        merged.put(entry.getKey(), entry.getValue().info());
      }
    }
    Optional<ObjectKey> cursor = after;
    while (true) {
      List<ObjectInfo> page = remote.list(prefix, cursor, limit);
      for (ObjectInfo info : page) {
        if (!overlay.files().containsKey(info.key()) && !isWiped(overlay, info.key())) {
          merged.put(info.key(), info);
        }
      }
      if (page.size() < limit || merged.headMap(page.getLast().key(), true).size() >= limit) {
        return merged.values().stream().limit(limit).toList();
      }
      cursor = Optional.of(page.getLast().key());
    }
  }

  private static boolean isWiped(SpoolLog.Overlay overlay, ObjectKey key) {
    return overlay.wiped().stream().anyMatch(key.value()::startsWith);
  }

  @Override
  public List<String> streams(Optional<String> after, int limit)
      throws StorageException, InterruptedException {
    // The order is that of keys, in which a name counts with its slash.
    NavigableSet<String> prefixes = new TreeSet<>(waiting.prefixes());
    for (String name : remote.streams(after, limit)) {
      prefixes.add(ObjectKey.streamPrefix(name));
    }
    String last = after.map(ObjectKey::streamPrefix).orElse("");
    return prefixes.tailSet(last, false).stream()
        .limit(limit)
        .map(prefix -> prefix.substring(0, prefix.length() - 1))
        .toList();
  }

  @Override
  public void delete(ObjectKey key) throws StorageException, InterruptedException {
    var _ = accept(waiting.admit(SpoolFile.delete(key)), NOTHING);
  }

  /**
   * Removes every object under a directory prefix: here at once, and in the store behind as soon as
   * it can be reached, with a restart in between or without. What the store behind has is counted
   * when it answers within ten seconds and was not known to be away.
   */
  @Override
  public Deleted deletePrefix(String prefix) throws StorageException, InterruptedException {
    KeyPrefix.check(prefix);
    SpoolLog.Accepted wipe = accept(waiting.admit(SpoolFile.wipe(prefix)), NOTHING);
    SpoolDrain.Wiped behind = await(wipe.operation());
    Set<ObjectKey> counted = new HashSet<>(behind.playlists());
    long objects = behind.deleted().objects();
    long bytes = behind.deleted().bytes();
    for (SpoolFile cancelled : wipe.needless()) {
      if (cancelled.isPut() && counted.add(cancelled.key())) {
        objects++;
        bytes += cancelled.sizeBytes();
      }
    }
    return new Deleted(objects, bytes);
  }

  private SpoolDrain.Wiped await(SpoolOperation wipe) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + COUNT_DEADLINE.toNanos();
    try {
      while (!waiting.isInTrouble() && System.nanoTime() - deadlineNanos < 0) {
        try {
          return wipe.wiped.get(COUNT_STEP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          log.trace("{} is not deleted yet", wipe.file.prefix());
        }
      }
    } catch (ExecutionException | CancellationException e) {
      log.debug("closed meanwhile", e);
    }
    log.info("{} goes when the object store can be reached", wipe.file.prefix());
    return SpoolDrain.Wiped.NOTHING;
  }

  /** Ends as a killed process does, for tests: what waits is left as it is. */
  void crash() {
    waiting.refuse();
    drain.close();
  }

  /**
   * Waits for the spool to become empty, unless the store behind is in trouble; what stays goes
   * after the next start.
   */
  @Override
  public void close() {
    waiting.refuse();
    try {
      if (!waiting.awaitEmpty(closeDeadline)) {
        SpoolStatus left = waiting.status();
        log.warn("{} bytes stay in the spool for the next start", left.bytes());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    drain.close();
    remote.close();
    local.close();
  }
}
