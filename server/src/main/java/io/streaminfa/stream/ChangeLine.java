package io.streaminfa.stream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where changes wait for their turn. Whoever's turn it is makes, with its own, the changes of all
 * who wait, and the store saves them together: what waited while a disk synced needs one more sync,
 * not one each. They are decided, numbered, published and told in the order in which they came.
 */
final class ChangeLine {
  /** So many changes are saved together at most: the first of them waits for the last. */
  static final int MAX_GROUP = 256;

  private static final Logger log = LoggerFactory.getLogger(ChangeLine.class);

  private final StreamStore store;
  private final StreamIndex streams;
  private final ReentrantLock lock;
  private final List<StreamListener> listeners = new CopyOnWriteArrayList<>();

  /** As long as there are threads that change something; only the lock's holder takes from it. */
  private final Queue<PendingChange> waiting = new ConcurrentLinkedQueue<>();

  /**
   * @param lock of every change to {@code streams}
   */
  ChangeLine(StreamStore store, StreamIndex streams, ReentrantLock lock) {
    this.store = store;
    this.streams = streams;
    this.lock = lock;
  }

  void addListener(StreamListener listener) {
    listeners.add(listener);
  }

  /** Returns when the change is saved, published and told. */
  Stream make(PendingChange change) throws StreamException {
    boolean isFirst = waiting.isEmpty() && lock.tryLock();
    if (!isFirst) {
      waiting.add(change);
      lock.lock();
    }
    try {
      if (isFirst) {
        makeAlone(change);
      }
      while (!change.isOver()) {
        makeAll(nextGroup());
      }
      return change.outcome();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void makeAlone(PendingChange change) {
    StreamStore.Change toSave = change.decide(0).orElse(null);
    if (toSave != null) {
      saveAll(List.of(change), List.of(toSave));
    }
  }

  /** A change that must see the one before it published waits for the next group. */
  @GuardedBy("lock")
  private List<PendingChange> nextGroup() {
    List<PendingChange> group = new ArrayList<>();
    Set<Object> subjects = new HashSet<>();
    while (group.size() < MAX_GROUP) {
      PendingChange next = waiting.peek();
      if (next == null || (next.subject().isPresent() && !subjects.add(next.subject().get()))) {
        break;
      }
      group.add(waiting.remove());
    }
    return group;
  }

  @GuardedBy("lock")
  private void makeAll(List<PendingChange> group) {
    List<PendingChange> decided = new ArrayList<>(group.size());
    List<StreamStore.Change> changes = new ArrayList<>(group.size());
    int newcomers = 0;
    for (PendingChange change : group) {
      StreamStore.Change toSave = change.decide(newcomers).orElse(null);
      if (toSave != null) {
        decided.add(change);
        changes.add(toSave);
        newcomers += toSave.event() instanceof StreamEvent.Created ? 1 : 0;
      }
    }
    if (!changes.isEmpty()) {
      saveAll(decided, changes);
    }
  }

  @GuardedBy("lock")
  private void saveAll(List<PendingChange> decided, List<StreamStore.Change> changes) {
    List<StreamStore.Outcome> outcomes;
    try {
      outcomes = store.saveAll(changes);
    } catch (RuntimeException | Error e) {
      decided.forEach(change -> change.failed(e));
      return;
    }
    for (int i = 0; i < decided.size(); i++) {
      finish(decided.get(i), changes.get(i), outcomes.get(i));
    }
  }

  @GuardedBy("lock")
  private void finish(
      PendingChange pending, StreamStore.Change change, StreamStore.Outcome outcome) {
    switch (outcome) {
      case StreamStore.Outcome.Failed failed -> pending.failed(failed.cause());
      case StreamStore.Outcome.Saved saved -> {
        streams.put(change.after());
        for (StreamListener listener : listeners) {
          tell(listener, saved.number(), change);
        }
        pending.made(change.after());
      }
    }
  }

  /** The change is saved and true, whatever a listener makes of it. */
  private static void tell(StreamListener listener, long number, StreamStore.Change change) {
    try {
      listener.changed(number, change.event(), change.after());
    } catch (RuntimeException e) {
      log.error(
          "listener_failed event={} stream_id={}", change.event().type(), change.after().id(), e);
    }
  }
}
