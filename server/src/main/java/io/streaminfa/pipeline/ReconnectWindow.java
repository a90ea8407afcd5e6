package io.streaminfa.pipeline;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The time in which a lost publisher may come back. It has no lock of its own: its owner's guards
 * it, and a timer's task takes that one before it asks whether the window {@link #isOpen}.
 */
final class ReconnectWindow {
  private final ScheduledExecutorService scheduler;
  private final Duration patience;
  private @Nullable Future<?> timer;

  /** Tells a window's own expiry from that of one before it, which came too late to cancel. */
  private int number;

  ReconnectWindow(ScheduledExecutorService scheduler, Duration patience) {
    this.scheduler = scheduler;
    this.patience = patience;
  }

  /** How long it stays open; zero when no publisher is waited for. */
  Duration patience() {
    return patience;
  }

  /**
   * @param whenOver called on the timer's thread with the number of this window
   */
  void open(IntConsumer whenOver) {
    close();
    int opened = ++number;
    timer =
        scheduler.schedule(
            () -> whenOver.accept(opened), patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether it is this window that is open. */
  boolean isOpen(int which) {
    return timer != null && which == number;
  }

  void close() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
