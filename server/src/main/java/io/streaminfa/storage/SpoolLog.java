package io.streaminfa.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.storage.SpooledStream.Look;
import io.streaminfa.storage.StorageException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All operations that wait, in memory; the files that make them durable are written and removed by
 * others. Safe for use by several threads.
 */
final class SpoolLog {
  private static final long EMPTY_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final SpoolLimits limits;
  private final Clock clock;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final SpoolTurns turns;

  @GuardedBy("lock")
  private final SpoolRoom room;

  @GuardedBy("lock")
  private long lastSequence;

  @GuardedBy("lock")
  private boolean isRefusing;

  @GuardedBy("lock")
  private boolean closed;

  /**
   * @param isLive whether the stream of that name is live now; must not block
   */
  SpoolLog(SpoolLimits limits, Predicate<String> isLive, Clock clock) {
    this.limits = limits;
    this.clock = clock;
    this.turns = new SpoolTurns(limits, isLive);
    this.room = new SpoolRoom(limits);
  }

  /**
   * Takes back what an earlier process left.
   *
   * @param files in the order of their sequence numbers
   */
  void restore(List<SpoolRecovery.Found> files) {
    lock.lock();
    try {
      for (SpoolRecovery.Found found : files) {
        SpoolFile file = found.file();
        room.take(file);
        lastSequence = Math.max(lastSequence, file.sequence());
        // The store behind may have an older version of it from long before.
        var _ = turns.stream(file.stream()).add(new SpoolOperation(file, found.acceptedAtMs(), 0));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Makes room for an operation and gives it its place; its file is the caller's to write. */
  SpoolFile admit(SpoolFile wanted) throws StorageException {
    lock.lock();
    try {
      if (isRefusing) {
        throw new StorageException(Kind.UNAVAILABLE, "the spool is closed: " + wanted.key());
      }
      try {
        room.occupy(wanted);
      } catch (StorageException e) {
        noteRefusal(wanted);
        throw e;
      }
      lastSequence++;
      return wanted.at(lastSequence);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void noteRefusal(SpoolFile file) {
    if (file.isPlaylist()) {
      turns.stream(file.stream()).playlistRefused(file.key());
    }
  }

  /** The file of an admitted operation could not be written. */
  void abandon(SpoolFile file, Optional<Kind> cause) {
    lock.lock();
    try {
      room.release(file);
      cause.ifPresent(room::diskFailed);
      noteRefusal(file);
    } finally {
      lock.unlock();
    }
  }

  /** An operation and the files that it makes needless. */
  record Accepted(SpoolOperation operation, List<SpoolFile> needless) {}

  /** The file of an admitted operation is on the disk. */
  Accepted accept(SpoolFile file) {
    SpoolOperation operation = new SpoolOperation(file, clock.millis(), file.sequence());
    lock.lock();
    try {
      List<SpoolFile> needless = turns.stream(file.stream()).add(operation);
      changed.signalAll();
      return new Accepted(operation, List.copyOf(needless));
    } finally {
      lock.unlock();
    }
  }

  /** Needless files of a stream that are still there. */
  List<SpoolFile> staleFiles(String streamName) {
    lock.lock();
    try {
      SpooledStream stream = turns.find(streamName);
      return stream == null ? List.of() : stream.staleFiles();
    } finally {
      lock.unlock();
    }
  }

  /** A needless file is gone. */
  void removed(SpoolFile staleFile) {
    lock.lock();
    try {
      SpooledStream stream = turns.find(staleFile.stream());
      if (stream != null && stream.removed(staleFile)) {
        room.release(staleFile);
        turns.forgetIfDone(stream);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  Look look(ObjectKey key) {
    lock.lock();
    try {
      SpooledStream stream = turns.find(key.value().substring(0, key.value().indexOf('/')));
      return stream == null ? new Look.Behind() : stream.look(key);
    } finally {
      lock.unlock();
    }
  }

  /**
   * What the spool knows below a prefix.
   *
   * @param files the newest put or deletion of each key
   * @param wiped prefixes of which nothing in the store behind counts any more
   */
  record Overlay(Map<ObjectKey, SpoolFile> files, List<String> wiped) {}

  Overlay below(String prefix) {
    Overlay overlay = new Overlay(new TreeMap<>(), new ArrayList<>());
    lock.lock();
    try {
      for (SpooledStream stream : turns.streams()) {
        String name = ObjectKey.streamPrefix(stream.name);
        if (prefix.startsWith(name) || prefix.isEmpty()) {
          overlay.files().putAll(stream.below(prefix.isEmpty() ? name : prefix));
          overlay.wiped().addAll(stream.wipedPrefixes());
        }
      }
      return overlay;
    } finally {
      lock.unlock();
    }
  }

  /** The prefixes of all streams of which something waits. */
  List<String> prefixes() {
    lock.lock();
    try {
      return turns.streams().stream().map(s -> ObjectKey.streamPrefix(s.name)).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next operation that may be carried out; empty when the log is closed. */
  Optional<SpoolOperation> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed) {
        SpoolOperation next = turns.next();
        if (next != null) {
          return Optional.of(next);
        }
        OptionalLong waitNanos = turns.nanosToNextRetry();
        if (waitNanos.isEmpty()) {
          changed.await();
        } else {
          long _ = changed.awaitNanos(waitNanos.getAsLong());
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Carried out, and all its files are gone. */
  void completed(SpoolOperation operation) {
    lock.lock();
    try {
      turns.completed(operation);
      room.release(operation.file);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** To be tried again later. */
  void failed(SpoolOperation operation, Kind kind, @Nullable String message) {
    lock.lock();
    try {
      turns.failed(operation, kind, message);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  SpoolStatus status() {
    lock.lock();
    try {
      long nowMs = clock.millis();
      return new SpoolStatus(
          room.bytes(),
          limits.maxBytes(),
          room.operations(),
          Duration.ofMillis(Math.max(0, nowMs - turns.oldestMs().orElse(nowMs))),
          turns.trouble(),
          room.takesNewStreams());
    } finally {
      lock.unlock();
    }
  }

  /** Whether the store behind refuses everything at the moment. */
  boolean isInTrouble() {
    lock.lock();
    try {
      return turns.trouble().isPresent();
    } finally {
      lock.unlock();
    }
  }

  /** From now on nothing is accepted. */
  void refuse() {
    lock.lock();
    try {
      isRefusing = true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until nothing waits any more, or the store behind is in trouble.
   *
   * @return whether nothing waits
   */
  boolean awaitEmpty(Duration deadline) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + deadline.toNanos();
    lock.lockInterruptibly();
    try {
      while (room.operations() > 0
          && turns.trouble().isEmpty()
          && System.nanoTime() - deadlineNanos < 0) {
        long _ = changed.awaitNanos(EMPTY_STEP_NANOS);
      }
      return room.operations() == 0;
    } finally {
      lock.unlock();
    }
  }

  /** Gives out nothing any more. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      for (SpooledStream stream : turns.streams()) {
        stream.cancelWipes();
      }
    } finally {
      lock.unlock();
    }
  }
}
