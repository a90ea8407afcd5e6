package io.streaminfa.storage;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.storage.SpooledStream.Look;
import io.streaminfa.storage.StorageException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All operations that wait, in memory; the files that make them durable are written and removed by
 * others. Gives out what may be carried out next: several operations of several streams at once,
 * live streams before the others.
 */
final class SpoolLog {
  private static final Logger log = LoggerFactory.getLogger(SpoolLog.class);

  /** After a disk was full it is not trusted to take another stream for so long. */
  private static final Duration DISTRUST = Duration.ofSeconds(10);

  private static final int MAX_DOUBLINGS = 10;

  private final SpoolLimits limits;
  private final Predicate<String> isLive;
  private final Clock clock;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** The stream that was served last is the last. */
  @GuardedBy("lock")
  private final Map<String, SpooledStream> streams = new LinkedHashMap<>();

  @GuardedBy("lock")
  private long lastSequence;

  @GuardedBy("lock")
  private long bytes;

  @GuardedBy("lock")
  private int operations;

  @GuardedBy("lock")
  private int inFlight;

  @GuardedBy("lock")
  private long bytesInFlight;

  @GuardedBy("lock")
  private boolean isFull;

  @GuardedBy("lock")
  private long diskFullNanos = System.nanoTime() - DISTRUST.toNanos();

  /** Whether no operation has succeeded since the last that failed. */
  @GuardedBy("lock")
  private boolean isFailing;

  @GuardedBy("lock")
  private long failingSinceNanos;

  @GuardedBy("lock")
  private @Nullable Kind trouble;

  @GuardedBy("lock")
  private boolean refuses;

  @GuardedBy("lock")
  private boolean closed;

  /**
   * @param isLive whether the stream of that name is live now; must not block
   */
  SpoolLog(SpoolLimits limits, Predicate<String> isLive, Clock clock) {
    this.limits = limits;
    this.isLive = isLive;
    this.clock = clock;
  }

  /**
   * Takes back what an earlier process left.
   *
   * @param files in the order of their sequence numbers
   * @return those that are needless
   */
  List<SpoolFile> restore(List<SpoolRecovery.Found> files) {
    List<SpoolFile> needless = new ArrayList<>();
    lock.lock();
    try {
      for (SpoolRecovery.Found found : files) {
        SpoolOperation operation = new SpoolOperation(found.file(), found.acceptedAtMs(), 0);
        bytes += operation.chargedBytes();
        operations++;
        lastSequence = Math.max(lastSequence, operation.sequence());
        needless.addAll(stream(operation.file.stream()).add(operation));
      }
      return needless;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes room for an operation and gives it its place; its file is the caller's to write. A
   * deletion is never refused for want of room: it makes some.
   */
  SpoolFile admit(SpoolFile wanted) throws StorageException {
    long charge = SpoolOperation.charge(wanted.sizeBytes());
    lock.lock();
    try {
      checkOpen(wanted.key());
      if (wanted.isPut() && !hasRoom(wanted, charge)) {
        refused(wanted);
        throw StorageException.full(
            wanted.key(), "the spool holds " + bytes + " of at most " + limits.maxBytes());
      }
      lastSequence++;
      bytes += charge;
      operations++;
      return wanted.at(lastSequence);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean hasRoom(SpoolFile put, long charge) {
    long limit = put.isPlaylist() ? limits.maxBytes() : limits.maxMediaBytes();
    return bytes + charge <= limit && operations < SpoolLimits.MAX_OPERATIONS;
  }

  @GuardedBy("lock")
  private void checkOpen(ObjectKey key) throws StorageException {
    if (refuses) {
      throw new StorageException(Kind.UNAVAILABLE, "the spool is closed: " + key);
    }
  }

  @GuardedBy("lock")
  private void refused(SpoolFile file) {
    if (file.isPlaylist()) {
      stream(file.stream()).playlistRefused(file.key());
    }
    if (!isFull) {
      isFull = true;
      log.error(
          "storage_spool_full bytes={} max_bytes={}: nothing more is accepted until the object"
              + " store takes some of it",
          bytes,
          limits.maxBytes());
    }
  }

  /** The file of an admitted operation could not be written. */
  void abandon(SpoolFile file, Optional<Kind> cause) {
    lock.lock();
    try {
      release(file);
      if (file.isPlaylist()) {
        stream(file.stream()).playlistRefused(file.key());
      }
      if (cause.filter(kind -> kind == Kind.FULL).isPresent()) {
        diskFullNanos = System.nanoTime();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The file of an admitted operation is on the disk.
   *
   * @return the files that it makes needless
   */
  List<SpoolFile> accept(SpoolOperation operation) {
    lock.lock();
    try {
      List<SpoolFile> needless = stream(operation.file.stream()).add(operation);
      changed.signalAll();
      return needless;
    } finally {
      lock.unlock();
    }
  }

  /** Needless files of a stream that are still there. */
  List<SpoolFile> staleFiles(String streamName) {
    lock.lock();
    try {
      SpooledStream stream = streams.get(streamName);
      return stream == null ? List.of() : stream.staleFiles();
    } finally {
      lock.unlock();
    }
  }

  /** A needless file is gone. */
  void removed(SpoolFile staleFile) {
    lock.lock();
    try {
      SpooledStream stream = streams.get(staleFile.stream());
      if (stream != null && stream.removed(staleFile)) {
        release(staleFile);
        forgetIfDone(stream);
      }
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void release(SpoolFile file) {
    bytes -= SpoolOperation.charge(file.sizeBytes());
    operations--;
    if (isFull && bytes < limits.newStreamsBytes()) {
      isFull = false;
      log.info("the spool has room again: bytes={}", bytes);
    }
    changed.signalAll();
  }

  @GuardedBy("lock")
  private void forgetIfDone(SpooledStream stream) {
    if (stream.isForgettable()) {
      streams.remove(stream.name);
    }
  }

  @GuardedBy("lock")
  private SpooledStream stream(String name) {
    return streams.computeIfAbsent(name, SpooledStream::new);
  }

  Look look(ObjectKey key) {
    lock.lock();
    try {
      SpooledStream stream = streams.get(key.value().substring(0, key.value().indexOf('/')));
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
    lock.lock();
    try {
      SpooledStream stream = streams.get(prefix.substring(0, prefix.indexOf('/')));
      return stream == null
          ? new Overlay(Map.of(), List.of())
          : new Overlay(stream.below(prefix), stream.wipedPrefixes());
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next operation that may be carried out; empty when the log is closed. */
  Optional<SpoolOperation> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed) {
        SpoolOperation next = next();
        if (next != null) {
          return Optional.of(next);
        }
        long waitNanos = nanosToNextRetry();
        if (waitNanos == Long.MAX_VALUE) {
          changed.await();
        } else {
          long _ = changed.awaitNanos(waitNanos);
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private @Nullable SpoolOperation next() {
    if (bytesInFlight >= SpoolLimits.MAX_BYTES_IN_FLIGHT) {
      return null;
    }
    long now = System.nanoTime();
    long active = streams.values().stream().filter(stream -> stream.inFlight > 0).count();
    for (boolean live : List.of(true, false)) {
      for (SpooledStream stream : streams.values()) {
        if (mayBegin(stream, active, now) && isLive.test(stream.name) == live) {
          SpoolOperation next = stream.next();
          if (next != null) {
            begin(stream, next);
            return next;
          }
        }
      }
    }
    return null;
  }

  private static boolean mayBegin(SpooledStream stream, long active, long now) {
    int parallel =
        stream.failuresInARow >= SpoolLimits.FAILURES_BEFORE_ONE_AT_A_TIME
            ? 1
            : SpoolLimits.MAX_OPERATIONS_OF_STREAM;
    return stream.inFlight < parallel
        && (stream.inFlight > 0 || active < SpoolLimits.MAX_STREAMS_AT_ONCE)
        && stream.notBeforeNanos - now <= 0;
  }

  @GuardedBy("lock")
  private void begin(SpooledStream stream, SpoolOperation operation) {
    operation.inFlight = true;
    stream.inFlight++;
    inFlight++;
    bytesInFlight += operation.file.sizeBytes();
    streams.remove(stream.name);
    streams.put(stream.name, stream);
  }

  @GuardedBy("lock")
  private long nanosToNextRetry() {
    long now = System.nanoTime();
    return streams.values().stream()
        .mapToLong(stream -> stream.notBeforeNanos - now)
        .filter(nanos -> nanos > 0)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** Carried out, and all its files are gone. */
  void completed(SpoolOperation operation) {
    lock.lock();
    try {
      SpooledStream stream = end(operation);
      stream.completed(operation);
      stream.failuresInARow = 0;
      stream.notBeforeNanos = System.nanoTime();
      release(operation.file);
      forgetIfDone(stream);
      isFailing = false;
      if (trouble != null) {
        trouble = null;
        log.info("the object store takes objects again: {} wait, {} bytes", operations, bytes);
      }
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private SpooledStream end(SpoolOperation operation) {
    SpooledStream stream = stream(operation.file.stream());
    stream.inFlight--;
    inFlight--;
    bytesInFlight -= operation.file.sizeBytes();
    changed.signalAll();
    return stream;
  }

  /** To be tried again later. */
  void failed(SpoolOperation operation, Kind kind, @Nullable String message) {
    lock.lock();
    try {
      SpooledStream stream = end(operation);
      stream.failed(operation);
      stream.notBeforeNanos = System.nanoTime() + pauseNanos(stream.failuresInARow);
      stream.failuresInARow++;
      noteFailure(kind, message);
    } finally {
      lock.unlock();
    }
  }

  /** A store of which one request in three fails is not away. */
  @GuardedBy("lock")
  private void noteFailure(Kind kind, @Nullable String message) {
    long now = System.nanoTime();
    if (!isFailing) {
      isFailing = true;
      failingSinceNanos = now;
    }
    if (trouble == null && now - failingSinceNanos >= limits.slowestRetry().toNanos()) {
      trouble = kind;
      log.warn("storage_away kind={}: objects wait in the spool: {}", kind, message);
    }
  }

  /** Half of the pause is left to chance, so that streams do not come back all at once. */
  private long pauseNanos(int failuresBefore) {
    long longest =
        Math.min(
            limits.firstRetry().toNanos() << Math.min(failuresBefore, MAX_DOUBLINGS),
            limits.slowestRetry().toNanos());
    return longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1);
  }

  SpoolStatus status() {
    lock.lock();
    try {
      long nowMs = clock.millis();
      long oldestMs =
          streams.values().stream()
              .flatMapToLong(stream -> stream.oldestMs().stream())
              .min()
              .orElse(nowMs);
      boolean trustsDisk = System.nanoTime() - diskFullNanos >= DISTRUST.toNanos();
      return new SpoolStatus(
          bytes,
          limits.maxBytes(),
          operations,
          Duration.ofMillis(Math.max(0, nowMs - oldestMs)),
          Optional.ofNullable(trouble),
          bytes < limits.newStreamsBytes() && trustsDisk && !isFull);
    } finally {
      lock.unlock();
    }
  }

  /** How many bytes wait; cheaper than {@link #status}. */
  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the store behind refuses everything at the moment. */
  boolean isInTrouble() {
    lock.lock();
    try {
      return trouble != null;
    } finally {
      lock.unlock();
    }
  }

  /** From now on nothing is accepted. */
  void refuse() {
    lock.lock();
    try {
      refuses = true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until nothing waits any more, or the store behind is in trouble.
   *
   * @return whether nothing waits
   */
  @CanIgnoreReturnValue
  boolean awaitEmpty(Duration deadline) throws InterruptedException {
    long nanos = deadline.toNanos();
    lock.lockInterruptibly();
    try {
      while (operations > 0 && trouble == null && nanos > 0) {
        long stepNanos = Math.min(nanos, TimeUnit.MILLISECONDS.toNanos(100));
        nanos -= stepNanos - Math.max(0, changed.awaitNanos(stepNanos));
      }
      return operations == 0;
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
      for (SpooledStream stream : streams.values()) {
        stream.waiting().forEach(operation -> operation.wiped.cancel(false));
      }
    } finally {
      lock.unlock();
    }
  }
}
