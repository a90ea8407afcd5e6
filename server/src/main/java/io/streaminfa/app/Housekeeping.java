package io.streaminfa.app;

import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done now and then: forgets the records of streams that were deleted long ago. */
final class Housekeeping {
  private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
  private static final Duration INTERVAL = Duration.ofMinutes(10);

  private final StreamRegistry streams;
  private final Clock clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("housekeeping").factory());

  Housekeeping(StreamRegistry streams, Clock clock) {
    this.streams = streams;
    this.clock = clock;
  }

  void start() {
    ScheduledFuture<?> _ =
        timer.scheduleWithFixedDelay(
            this::purge, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void purge() {
    try {
      int purged = streams.purge(clock.instant());
      if (purged > 0) {
        log.info("forgot {} streams that were deleted long ago", purged);
      }
    } catch (StreamException e) {
      log.warn("deleted streams could not be forgotten: {}", e.getMessage());
    }
  }

  void close() {
    timer.shutdownNow();
  }
}
