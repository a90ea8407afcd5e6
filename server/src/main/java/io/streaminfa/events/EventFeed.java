package io.streaminfa.events;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.stream.StreamId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outbox for many who follow it: one thread reads what is new, once, and all take it from
 * memory. Who is further behind reads the outbox. Whoever saves events calls {@link #wake}.
 */
public final class EventFeed implements AutoCloseable {
  /** Events in memory; a burst of more is read from the outbox. */
  static final int MAX_RECENT = 1_000;

  /** Events that are read at once. */
  static final int MAX_BATCH = 200;

  /** After the outbox could not be read. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(EventFeed.class);

  private final Outbox outbox;
  private final Thread reader = Thread.ofVirtual().name("event-feed").unstarted(this::follow);
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Without a gap up to {@link #newest}. */
  @GuardedBy("lock")
  private final Deque<PublishedEvent> recent = new ArrayDeque<>();

  @GuardedBy("lock")
  private long newest;

  @GuardedBy("lock")
  private boolean woken;

  @GuardedBy("lock")
  private boolean closed;

  public EventFeed(Outbox outbox) {
    this.outbox = outbox;
  }

  /** Follows the outbox from its end on. */
  public void start() throws OutboxException {
    long end = outbox.newest();
    lock.lock();
    try {
      newest = end;
    } finally {
      lock.unlock();
    }
    reader.start();
  }

  /** Hears that there is something new, on the feed's thread: must return at once. */
  public void addListener(Runnable listener) {
    listeners.add(listener);
  }

  /** There may be something new in the outbox. From any thread; returns at once. */
  public void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets those who wait look again whether they have waited enough. Returns at once. */
  public void wakeWaiting() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until there is more than an event that is known.
   *
   * @param enough ends the wait; looked at when something happens, see {@link #wakeWaiting}
   * @return false: the feed has ended
   */
  public boolean await(long after, Duration most, BooleanSupplier enough)
      throws InterruptedException {
    long leftNanos = most.toNanos();
    lock.lock();
    try {
      while (!closed && newest <= after && leftNanos > 0 && !enough.getAsBoolean()) {
        leftNanos = changed.awaitNanos(leftNanos);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * What happened after an event, as {@link Outbox#read}: at most {@link #MAX_BATCH}.
   *
   * @param after the number of the last event that is known
   */
  public Outbox.Batch read(long after, Optional<StreamId> stream) throws OutboxException {
    lock.lock();
    try {
      if (!recent.isEmpty() && after + 1 >= recent.getFirst().id() && after <= newest) {
        return fromMemory(after, stream);
      }
    } finally {
      lock.unlock();
    }
    return outbox.read(after, stream, MAX_BATCH);
  }

  @GuardedBy("lock")
  private Outbox.Batch fromMemory(long after, Optional<StreamId> stream) {
    List<PublishedEvent> events = new ArrayList<>();
    for (PublishedEvent event : recent) {
      if (event.id() > after && (stream.isEmpty() || event.streamId().equals(stream))) {
        events.add(event);
      }
      if (events.size() == MAX_BATCH) {
        break;
      }
    }
    long through = events.size() == MAX_BATCH ? events.getLast().id() : newest;
    return new Outbox.Batch(events, through, after + 1);
  }

  private void follow() {
    try {
      while (awaitNews()) {
        boolean isRead = readNews();
        if (!isRead) {
          TimeUnit.NANOSECONDS.sleep(RETRY.toNanos());
          wake();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean awaitNews() throws InterruptedException {
    lock.lock();
    try {
      while (!woken && !closed) {
        changed.await();
      }
      woken = false;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean readNews() {
    boolean more = true;
    while (more) {
      try {
        Outbox.Batch news = outbox.read(end(), Optional.empty(), MAX_BATCH);
        more = news.events().size() == MAX_BATCH;
        append(news);
      } catch (OutboxException e) {
        log.warn("events_not_read reason={}", e.getMessage());
        return false;
      }
    }
    return true;
  }

  private long end() {
    lock.lock();
    try {
      return newest;
    } finally {
      lock.unlock();
    }
  }

  private void append(Outbox.Batch news) {
    lock.lock();
    try {
      if (news.kept() > newest + 1) {
        // More came than the outbox keeps. Who follows learns of the gap there.
        recent.clear();
      }
      news.events().forEach(recent::addLast);
      while (recent.size() > MAX_RECENT) {
        recent.removeFirst();
      }
      newest = news.through();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    listeners.forEach(Runnable::run);
  }

  /** Ends all waits. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    reader.interrupt();
  }
}
