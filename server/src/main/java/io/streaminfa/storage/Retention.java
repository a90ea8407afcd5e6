package io.streaminfa.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.storage.ExpiryLedger.Expiry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes objects and streams' leftovers when their time has come, from one virtual thread. What
 * waits is in a ledger, so that a crash forgets at most what came in the last moment; whatever
 * cannot be deleted is tried again for ever, at a bounded rate.
 */
public final class Retention implements AutoCloseable {
  /** Before what could not be deleted is tried again. */
  static final Duration RETRY = Duration.ofSeconds(30);

  /** Expiries that wait to be written into the ledger. */
  static final int MAX_UNWRITTEN = 10_000;

  /** What is deleted before the ledger is asked again. */
  private static final int BATCH = 256;

  /** The wall clock may be set while the thread waits, so it is looked at again this often. */
  private static final Duration MAX_WAIT = Duration.ofMillis(500);

  /** How long the last expiries may take to be written before the thread is interrupted. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);
  private static final Logger log = LoggerFactory.getLogger(Retention.class);

  private final ObjectStore store;
  private final ExpiryLedger ledger;
  private final Clock clock;
  private final Consumer<String> onPrefixDeleted;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final List<Expiry> unwritten = new ArrayList<>();

  @GuardedBy("lock")
  private boolean closed;

  /** When the ledger is to be looked into again; only the thread touches it. */
  private Instant nextLook = Instant.MIN;

  /**
   * @param onPrefixDeleted hears of each prefix that is gone
   */
  public Retention(
      ObjectStore store, ExpiryLedger ledger, Clock clock, Consumer<String> onPrefixDeleted) {
    this.store = store;
    this.ledger = ledger;
    this.clock = clock;
    this.onPrefixDeleted = onPrefixDeleted;
    this.thread = Thread.ofVirtual().name("retention").unstarted(this::run);
  }

  /** Begins to delete; what was told before waits until then. */
  public void start() {
    thread.start();
  }

  /** Deletes the object at that time or soon after it; never blocks. */
  public void expire(ObjectKey key, Instant at) {
    add(new Expiry(key.value(), at));
  }

  /**
   * Deletes everything below a directory prefix at that time or soon after it; never blocks.
   *
   * @param prefix ends in a slash
   */
  public void expirePrefix(String prefix, Instant at) {
    add(new Expiry(prefix, at));
  }

  private void add(Expiry expiry) {
    boolean kept;
    lock.lock();
    try {
      kept = !closed && unwritten.size() < MAX_UNWRITTEN;
      if (kept) {
        unwritten.add(expiry);
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
    if (!kept) {
      log.warn("{} stays until its stream is deleted: it cannot be noted", expiry.target());
    }
  }

  private void run() {
    try {
      while (awaitWork()) {
        try {
          writeDown();
          if (!nextLook.isAfter(clock.instant())) {
            deleteDue();
          }
        } catch (StorageException e) {
          log.warn("what is to be deleted cannot be read or written: {}", e.getMessage());
          nextLook = clock.instant().plus(RETRY);
          Thread.sleep(MAX_WAIT);
        }
      }
      writeDown();
    } catch (InterruptedException e) {
      log.debug("retention ends");
    } catch (StorageException e) {
      log.warn("what is to be deleted cannot be noted: {}", e.getMessage());
    }
  }

  /** Whether to go on. */
  private boolean awaitWork() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && unwritten.isEmpty() && nextLook.isAfter(clock.instant())) {
        long _ = changed.awaitNanos(MAX_WAIT.toNanos());
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void writeDown() throws StorageException {
    List<Expiry> batch;
    lock.lock();
    try {
      batch = List.copyOf(unwritten);
    } finally {
      lock.unlock();
    }
    if (batch.isEmpty()) {
      return;
    }
    ledger.add(batch);
    lock.lock();
    try {
      unwritten.removeAll(new HashSet<>(batch));
    } finally {
      lock.unlock();
    }
    for (Expiry expiry : batch) {
      nextLook = expiry.at().isBefore(nextLook) ? expiry.at() : nextLook;
    }
  }

  private void deleteDue() throws StorageException, InterruptedException {
    List<Expiry> due = ledger.due(clock.instant(), BATCH);
    List<String> deleted = new ArrayList<>();
    List<Expiry> again = new ArrayList<>();
    try {
      for (Expiry expiry : due) {
        if (delete(expiry)) {
          deleted.add(expiry.target());
        } else {
          again.add(new Expiry(expiry.target(), clock.instant().plus(RETRY)));
        }
      }
    } finally {
      ledger.remove(deleted);
      ledger.add(again);
    }
    Optional<Instant> next = ledger.nextDue();
    nextLook = next.orElse(Instant.MAX);
  }

  private boolean delete(Expiry expiry) throws InterruptedException {
    try {
      if (expiry.isPrefix()) {
        ObjectStore.Deleted gone = store.deletePrefix(expiry.target());
        onPrefixDeleted.accept(expiry.target());
        log.info(
            "retention_over prefix={} objects={} bytes={}",
            expiry.target(),
            gone.objects(),
            gone.bytes());
      } else {
        store.delete(new ObjectKey(expiry.target()));
      }
      return true;
    } catch (StorageException e) {
      log.info("{} is not deleted yet: {}", expiry.target(), e.getMessage());
      return false;
    }
  }

  /**
   * Forgets what waits below a prefix that somebody else has deleted.
   *
   * @param prefix ends in a slash
   */
  public void forget(String prefix) {
    lock.lock();
    try {
      unwritten.removeIf(expiry -> expiry.target().startsWith(prefix));
    } finally {
      lock.unlock();
    }
    try {
      ledger.forget(prefix);
    } catch (StorageException e) {
      log.info("{} is deleted once more later: {}", prefix, e.getMessage());
    }
  }

  /** Stops deleting, and writes down what was told last; the next start goes on. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    try {
      if (thread.getState() == Thread.State.NEW) {
        return;
      }
      if (!thread.join(LAST_WORDS)) {
        thread.interrupt();
        if (!thread.join(CLOSE_DEADLINE)) {
          log.warn("a deletion is still under way");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
