package io.streaminfa.packager;

import io.streaminfa.observability.LogContext;
import io.streaminfa.storage.StorageException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hand-off from packager to store: a bounded queue and the one virtual thread that empties it.
 * A store that is too slow blocks the packager, and through it the encoders and the publisher.
 */
final class StorageThread implements AutoCloseable {
  /** Rows of all renditions that wait, besides the one being stored. */
  static final int MAX_QUEUED = 4;

  static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(StorageThread.class);
  private static final long RECHECK_MILLIS = 200;

  /** What is to be done, in order. */
  @FunctionalInterface
  interface Work {
    void run() throws StorageException, InterruptedException;
  }

  private record Job(Work work, CompletableFuture<Void> done) {}

  private final ArrayBlockingQueue<Job> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private final String streamId;
  private final PackagerMetrics metrics;
  private final Thread thread;

  StorageThread(String streamId, PackagerMetrics metrics) {
    this.streamId = streamId;
    this.metrics = metrics;
    thread = Thread.ofVirtual().name("packager-" + streamId).start(this::run);
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

  private void submit(Job job) throws InterruptedException {
    if (!queue.offer(job)) {
      submitWhenThereIsRoom(job);
    }
    reportQueue();
    checkRunning();
  }

  private void submitWhenThereIsRoom(Job job) throws InterruptedException {
    reportQueue();
    long beginNanos = System.nanoTime();
    try {
      while (!queue.offer(job, RECHECK_MILLIS, TimeUnit.MILLISECONDS)) {
        checkRunning();
      }
    } finally {
      metrics.waited(System.nanoTime() - beginNanos);
    }
  }

  private void reportQueue() {
    metrics.queue(streamId, (double) queue.size() / MAX_QUEUED);
  }

  private void checkRunning() {
    if (stopped.isDone()) {
      metrics.closed(streamId); // in case that it was reported once more, behind the end
      throw new IllegalStateException("the storage thread has stopped", stopped.exceptionNow());
    }
  }

  private void run() {
    try (var _ = LogContext.ofStream(streamId)) {
      while (true) {
        Job job = queue.take();
        reportQueue();
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
    } finally {
      metrics.closed(streamId);
    }
  }

  /**
   * Stops at once; what is queued is dropped. Afterwards nothing is stored any more, unless the
   * store takes longer than {@link #CLOSE_DEADLINE} to hear of it.
   */
  @Override
  public void close() {
    thread.interrupt();
    try {
      if (!thread.join(CLOSE_DEADLINE)) {
        log.warn("{} did not stop within {}", thread.getName(), CLOSE_DEADLINE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
