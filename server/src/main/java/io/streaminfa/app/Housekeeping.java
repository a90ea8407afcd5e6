package io.streaminfa.app;

import io.streaminfa.state.SqliteStreamStore;
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

/** What is done now and then: forgets streams that were deleted long ago, and old events. */
final class Housekeeping {
  private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
  private static final Duration INTERVAL = Duration.ofMinutes(10);

  private final StreamRegistry streams;
  private final SqliteStreamStore store;
  private final Clock clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("housekeeping").factory());

  Housekeeping(StreamRegistry streams, SqliteStreamStore store, Clock clock) {
    this.streams = streams;
    this.store = store;
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
      store.pruneEvents(clock.instant());
    } catch (StreamException e) {
      log.warn("what is old could not be forgotten: {}", e.getMessage());
    }
  }

  void close() {
    timer.shutdownNow();
  }
}
