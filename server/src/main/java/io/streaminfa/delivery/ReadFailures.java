package io.streaminfa.delivery;

import io.streaminfa.storage.ObjectKey;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a player is told of a read that failed, and how often the log is. */
final class ReadFailures {
  /** A store that is away fails every request; one line in this time says so. */
  private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final Logger log = LoggerFactory.getLogger(ReadFailures.class);

  private final AtomicLong nextLogNanos = new AtomicLong(System.nanoTime());

  DeliveryProblem problem(ObjectKey key, Throwable thrown) {
    Throwable failure =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    DeliveryProblem problem =
        failure instanceof RejectedExecutionException
            ? DeliveryProblem.OVERLOADED
            : DeliveryProblem.STORAGE_UNAVAILABLE;
    long nowNanos = System.nanoTime();
    long nextNanos = nextLogNanos.get();
    if (nowNanos - nextNanos >= 0
        && nextLogNanos.compareAndSet(nextNanos, nowNanos + LOG_INTERVAL_NANOS)) {
      log.warn("{} cannot be served: {}", key, failure.toString());
    }
    return problem;
  }
}
