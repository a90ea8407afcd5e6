package io.streaminfa.delivery;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs what may block off the event loop, a bounded number at once and in waiting. */
final class BlockingReads {
  /** Each may hold an object of some megabytes. */
  private static final int MAX_CONCURRENT = 64;

  /** Beyond it a request is refused rather than parked. */
  private static final int MAX_PENDING = 4096;

  private final Executor executor;
  private final Semaphore running = new Semaphore(MAX_CONCURRENT);
  private final AtomicInteger pending = new AtomicInteger();

  BlockingReads(Executor executor) {
    this.executor = executor;
  }

  /**
   * Never blocks. Fails with what the task throws, or with {@link RejectedExecutionException} when
   * too much is waiting.
   */
  <T> CompletableFuture<T> submit(Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    if (pending.incrementAndGet() > MAX_PENDING) {
      pending.decrementAndGet();
      result.completeExceptionally(new RejectedExecutionException("too many reads are waiting"));
      return result;
    }
    try {
      executor.execute(() -> run(task, result));
    } catch (RejectedExecutionException e) {
      pending.decrementAndGet();
      result.completeExceptionally(e);
    }
    return result;
  }

  /** Whatever happens belongs to the one who waits: a lost error would leave the request open. */
  @SuppressWarnings("Interruption")
  private <T> void run(Callable<T> task, CompletableFuture<T> result) {
    try {
      running.acquire();
      try {
        result.complete(task.call());
      } finally {
        running.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      result.completeExceptionally(e);
    } catch (Throwable e) {
      result.completeExceptionally(e);
    } finally {
      pending.decrementAndGet();
    }
  }
}
