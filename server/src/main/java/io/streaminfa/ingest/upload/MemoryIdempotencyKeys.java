package io.streaminfa.ingest.upload;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.stream.StreamId;
import java.time.Clock;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Keys in memory: they do not outlive the process. */
public final class MemoryIdempotencyKeys implements IdempotencyKeys {
  /** Keys remembered at once; when there are more, the oldest finished one goes. */
  static final int MAX_KEYS = 10_000;

  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();

  /** In the order they began. */
  @GuardedBy("lock")
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private record Entry(Instant begun, Optional<StreamId> stream) {}

  public MemoryIdempotencyKeys(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Optional<StreamId> begin(String key) throws UploadRejected {
    lock.lock();
    try {
      forgetOld();
      Entry known = entries.get(key);
      if (known == null) {
        entries.put(key, new Entry(clock.instant(), Optional.empty()));
        return Optional.empty();
      }
      if (known.stream().isEmpty()) {
        throw new UploadRejected(
            UploadRejected.Reason.CONFLICT,
            "idempotency_key_in_use",
            "a request with this Idempotency-Key is running");
      }
      return known.stream();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void forgetOld() {
    Instant limit = clock.instant().minus(LIFETIME);
    Iterator<Entry> oldestFirst = entries.values().iterator();
    while (oldestFirst.hasNext()) {
      Entry entry = oldestFirst.next();
      boolean old = entry.begun().isBefore(limit) || entries.size() >= MAX_KEYS;
      if (!old) {
        return;
      }
      // One that runs goes when its request ends; there are few of them.
      if (entry.stream().isPresent()) {
        oldestFirst.remove();
      }
    }
  }

  @Override
  public void finish(String key, StreamId stream) {
    lock.lock();
    try {
      entries.computeIfPresent(key, (_, entry) -> new Entry(entry.begun(), Optional.of(stream)));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void forget(String key) {
    lock.lock();
    try {
      entries.remove(key);
    } finally {
      lock.unlock();
    }
  }
}
