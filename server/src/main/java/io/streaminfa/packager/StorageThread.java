package io.streaminfa.packager;

import io.streaminfa.storage.StorageException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The hand-off from packager to store: a bounded queue and the one virtual thread that empties it.
 * A store that is too slow blocks the packager, and through it the encoders and the publisher.
 */
final class StorageThread implements AutoCloseable {
  /** Rows of all renditions that wait, besides the one being stored. */
  static final int MAX_QUEUED = 4;

  private static final long RECHECK_MILLIS = 200;

  /** What is to be done, in order. */
  @FunctionalInterface
  interface Work {
    void run() throws StorageException, InterruptedException;
  }

  private record Job(Work work, CompletableFuture<Void> done) {}

  private final ArrayBlockingQueue<Job> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private final Thread thread;

  StorageThread(String name) {
    thread = Thread.ofVirtual().name(name).start(this::run);
  }

  /**
   * Queues work, and waits while the queue is full.
   *
   * @throws IllegalStateException when earlier work failed in a way that it should not, or after
   *     {@link #close}
   */
  void submit(Work work) throws InterruptedException {
    submit(new Job(work, new CompletableFuture<>()));
  }

  /** Queues work and waits until it is done. */
  void call(Work work) throws StorageException, InterruptedException {
    Job job = new Job(work, new CompletableFuture<>());
    submit(job);
    try {
      CompletableFuture.anyOf(job.done, stopped).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StorageException failure) {
        throw failure;
      }
      throw new IllegalStateException("the storage thread failed", e.getCause());
    }
  }

  int queued() {
    return queue.size();
  }

  private void submit(Job job) throws InterruptedException {
    while (!queue.offer(job, RECHECK_MILLIS, TimeUnit.MILLISECONDS)) {
      checkRunning();
    }
    checkRunning();
  }

  private void checkRunning() {
    if (stopped.isDone()) {
      throw new IllegalStateException("the storage thread has stopped", stopped.exceptionNow());
    }
  }

  private void run() {
    try {
      while (true) {
        Job job = queue.take();
        try {
          job.work.run();
          job.done.complete(null);
        } catch (StorageException e) {
          job.done.completeExceptionally(e);
        }
      }
    } catch (InterruptedException e) {
      stopped.completeExceptionally(new CancellationException("closed"));
    } catch (RuntimeException | Error e) {
      stopped.completeExceptionally(e);
      throw e;
    }
  }

  /** Stops at once; what is queued is dropped. */
  @Override
  public void close() {
    thread.interrupt();
  }
}
