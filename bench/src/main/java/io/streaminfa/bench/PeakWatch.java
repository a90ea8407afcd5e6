package io.streaminfa.bench;

import java.util.concurrent.atomic.AtomicReference;

/** Follows the peak of a process's memory to its end: VmHWM only rises, so the last look counts. */
final class PeakWatch implements AutoCloseable {
  private static final long INTERVAL_MS = 50;

  private final AtomicReference<Double> peakMib = new AtomicReference<>(0.0);
  private final Thread thread;

  PeakWatch(long pid) {
    thread =
        Thread.ofPlatform()
            .name("peak-of-" + pid)
            .daemon()
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted() && look(pid)) {
                    Pause.ofMillis(INTERVAL_MS);
                  }
                });
  }

  private boolean look(long pid) {
    return ProcFile.peakMib(pid)
        .map(
            mib -> {
              peakMib.set(mib);
              return true;
            })
        .orElse(false);
  }

  /** In MiB. */
  double peakMib() {
    return peakMib.get();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
