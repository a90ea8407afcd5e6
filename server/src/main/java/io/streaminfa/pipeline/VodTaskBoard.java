package io.streaminfa.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.jobs.JobException;
import io.streaminfa.jobs.JobQueue;
import io.streaminfa.stream.StreamId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Which thread does what next, and which file it is busy with. */
final class VodTaskBoard {
  private final JobQueue jobs;
  private final Duration lookInterval;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final Queue<VodTask> urgent = new ArrayDeque<>();

  /** Who works on what. */
  @GuardedBy("lock")
  private final Map<Thread, StreamId> busy = new HashMap<>();

  /**
   * @param lookInterval how often a thread without a task looks again unasked
   */
  VodTaskBoard(JobQueue jobs, Duration lookInterval) {
    this.jobs = jobs;
    this.lookInterval = lookInterval;
  }

  /** Something that comes before all chunks. */
  void add(VodTask task) {
    lock.lock();
    try {
      urgent.add(task);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** There may be chunks to claim. */
  void chunksWait() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The calling thread's next task, with which it is busy until {@link #done}; empty after a while
   * without one.
   *
   * @param mayEncode whether it may also be a chunk
   */
  Optional<VodTask> next(BooleanSupplier mayEncode) throws JobException, InterruptedException {
    long nanos = lookInterval.toNanos();
    lock.lockInterruptibly();
    try {
      Optional<VodTask> task = poll(mayEncode);
      while (task.isEmpty() && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
        task = poll(mayEncode);
      }
      if (task.isPresent()) {
        busy.put(Thread.currentThread(), task.get().streamId());
      }
      return task;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private Optional<VodTask> poll(BooleanSupplier mayEncode) throws JobException {
    VodTask first = urgent.poll();
    if (first != null) {
      return Optional.of(first);
    }
    return mayEncode.getAsBoolean()
        ? jobs.claim(1).stream().findFirst().map(VodTask.Encode::new)
        : Optional.empty();
  }

  /** The calling thread's task is over. */
  void done() {
    lock.lock();
    try {
      busy.remove(Thread.currentThread());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Interrupts every other thread that is busy with a stream, and only while it is. */
  void interruptOthers(StreamId id) {
    lock.lock();
    try {
      busy.forEach(
          (thread, busyWith) -> {
            if (busyWith.equals(id) && !thread.equals(Thread.currentThread())) {
              thread.interrupt();
            }
          });
    } finally {
      lock.unlock();
    }
  }

  /**
   * Forgets what is to be done for a stream, and waits until nobody is busy with it.
   *
   * @return false when somebody still is
   */
  boolean awaitIdle(StreamId id, Duration atMost) throws InterruptedException {
    long nanos = atMost.toNanos();
    lock.lockInterruptibly();
    try {
      urgent.removeIf(task -> task.streamId().equals(id));
      while (busy.containsValue(id) && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return !busy.containsValue(id);
    } finally {
      lock.unlock();
    }
  }
}
