package io.streaminfa.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes objects when their time has come, from one virtual thread. The schedule is in memory:
 * what was still waiting when the process ended is deleted with its stream.
 */
public final class Retention implements AutoCloseable {
  /** Tries for one object, the first included; then it waits for its stream's deletion. */
  static final int MAX_ATTEMPTS = 5;

  /** Before the second try; doubled for each one after it. */
  static final Duration FIRST_RETRY = Duration.ofSeconds(2);

  /** The wall clock may be set while the thread waits, so it is looked at again this often. */
  private static final long MAX_WAIT_MS = 250;

  private static final long CLOSE_TIMEOUT_MS = 5_000;
  private static final Logger log = LoggerFactory.getLogger(Retention.class);

  private record Expiry(ObjectKey key, Instant at, int attempt) {}

  private final ObjectStore store;
  private final Clock clock;
  private final int capacity;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final PriorityQueue<Expiry> schedule =
      new PriorityQueue<>((a, b) -> a.at().compareTo(b.at()));

  @GuardedBy("lock")
  private boolean closed;

  /**
   * @param capacity how many objects may wait at once
   */
  public Retention(ObjectStore store, Clock clock, int capacity) {
    this.store = store;
    this.clock = clock;
    this.capacity = capacity;
    this.thread = Thread.ofVirtual().name("retention").start(this::run);
  }

  /**
   * Deletes the object at that time or soon after it.
   *
   * @return false when the schedule is full or closed; the object then stays until its stream goes
   */
  public boolean expire(ObjectKey key, Instant at) {
    if (add(new Expiry(key, at, 1))) {
      return true;
    }
    log.warn("{} stays until its stream is deleted: the schedule takes no more", key);
    return false;
  }

  private boolean add(Expiry expiry) {
    lock.lock();
    try {
      if (closed || schedule.size() >= capacity) {
        return false;
      }
      schedule.add(expiry);
      changed.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** How many objects wait for their time. */
  public int pending() {
    lock.lock();
    try {
      return schedule.size();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        delete(nextDue());
      }
    } catch (InterruptedException e) {
      log.debug("retention ends");
    }
  }

  private Expiry nextDue() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        Expiry first = schedule.peek();
        if (first == null) {
          changed.await();
          continue;
        }
        Duration wait = Duration.between(clock.instant(), first.at());
        if (!wait.isPositive()) {
          return schedule.remove();
        }
        long waitMs = Math.min(wait.toMillis() + 1, MAX_WAIT_MS);
        long _ = changed.awaitNanos(TimeUnit.MILLISECONDS.toNanos(waitMs));
      }
    } finally {
      lock.unlock();
    }
  }

  private void delete(Expiry expiry) throws InterruptedException {
    try {
      store.delete(expiry.key());
    } catch (StorageException e) {
      retry(expiry, e);
    }
  }

  private void retry(Expiry expiry, StorageException e) {
    if (expiry.attempt() >= MAX_ATTEMPTS) {
      log.warn(
          "{} stays until its stream is deleted, after {} attempts: {}",
          expiry.key(),
          expiry.attempt(),
          e.getMessage());
      return;
    }
    Duration delay = FIRST_RETRY.multipliedBy(1L << (expiry.attempt() - 1));
    Expiry again = new Expiry(expiry.key(), clock.instant().plus(delay), expiry.attempt() + 1);
    log.info("{} could not be deleted, again in {}: {}", expiry.key(), delay, e.getMessage());
    if (!add(again)) {
      log.warn("{} stays until its stream is deleted: the schedule takes no more", expiry.key());
    }
  }

  /** Stops deleting; what is still waiting stays. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      schedule.clear();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
    try {
      if (!thread.join(Duration.ofMillis(CLOSE_TIMEOUT_MS))) {
        log.warn("a deletion is still under way after {} ms", CLOSE_TIMEOUT_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
