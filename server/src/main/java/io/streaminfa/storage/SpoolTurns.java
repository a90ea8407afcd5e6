package io.streaminfa.storage;

import io.streaminfa.storage.StorageException.Kind;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose turn it is: several operations of several streams at once, live streams before the others,
 * and those that failed after a pause. Guarded by the lock of its {@link SpoolLog}.
 */
final class SpoolTurns {
  private static final Logger log = LoggerFactory.getLogger(SpoolTurns.class);
  private static final int MAX_DOUBLINGS = 10;

  private final SpoolLimits limits;
  private final Predicate<String> isLive;

  /** The stream that was served last is the last. */
  private final Map<String, SpooledStream> streams = new LinkedHashMap<>();

  private long bytesInFlight;

  /** Whether no operation has succeeded since the last that failed. */
  private boolean isFailing;

  private long failingSinceNanos;
  private @Nullable Kind trouble;

  /**
   * @param isLive whether the stream of that name is live now; must not block
   */
  SpoolTurns(SpoolLimits limits, Predicate<String> isLive) {
    this.limits = limits;
    this.isLive = isLive;
  }

  Collection<SpooledStream> streams() {
    return streams.values();
  }

  SpooledStream stream(String name) {
    return streams.computeIfAbsent(name, SpooledStream::new);
  }

  @Nullable SpooledStream find(String name) {
    return streams.get(name);
  }

  void forgetIfDone(SpooledStream stream) {
    if (stream.isForgettable()) {
      streams.remove(stream.name);
    }
  }

  /** Why the store behind takes nothing now. */
  Optional<Kind> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** The operation that is to be carried out next, which counts as begun. */
  @Nullable SpoolOperation next() {
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

  private void begin(SpooledStream stream, SpoolOperation operation) {
    operation.inFlight = true;
    stream.inFlight++;
    bytesInFlight += operation.file.sizeBytes();
    streams.remove(stream.name);
    streams.put(stream.name, stream);
  }

  private SpooledStream end(SpoolOperation operation) {
    SpooledStream stream = stream(operation.file.stream());
    stream.inFlight--;
    bytesInFlight -= operation.file.sizeBytes();
    return stream;
  }

  /** How long until a stream's pause is over; empty when none has one. */
  OptionalLong nanosToNextRetry() {
    long now = System.nanoTime();
    return streams.values().stream()
        .mapToLong(stream -> stream.notBeforeNanos - now)
        .filter(nanos -> nanos > 0)
        .min();
  }

  void completed(SpoolOperation operation) {
    SpooledStream stream = end(operation);
    stream.completed(operation);
    stream.failuresInARow = 0;
    stream.notBeforeNanos = System.nanoTime();
    forgetIfDone(stream);
    isFailing = false;
    if (trouble != null) {
      trouble = null;
      log.info("storage_back: the object store takes objects again");
    }
  }

  void failed(SpoolOperation operation, Kind kind, @Nullable String message) {
    SpooledStream stream = end(operation);
    stream.failed(operation);
    stream.notBeforeNanos = System.nanoTime() + pauseNanos(stream.failuresInARow);
    stream.failuresInARow++;
    noteFailure(kind, message);
  }

  /** A store of which one request in three fails is not away. */
  private void noteFailure(Kind kind, @Nullable String message) {
    long now = System.nanoTime();
    if (!isFailing) {
      isFailing = true;
      failingSinceNanos = now;
    }
    Duration failing = Duration.ofNanos(now - failingSinceNanos);
    if (trouble == null && failing.compareTo(limits.slowestRetry()) >= 0) {
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

  /** When the oldest operation was accepted, in wall-clock milliseconds. */
  OptionalLong oldestMs() {
    return streams.values().stream().flatMapToLong(stream -> stream.oldestMs().stream()).min();
  }
}
