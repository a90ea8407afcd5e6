package io.streaminfa.pipeline;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.time.Duration;
import java.util.function.LongSupplier;

/** What arrives of one stream, its series looked up once and not for each sample. */
final class SourceMetrics {
  private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();
  private static final double NANOS_PER_SECOND = 1e9;

  private final CounterDataPoint videoFrames;
  private final CounterDataPoint audioFrames;
  private final LongSupplier nanoClock;

  // Written by the thread that publishes, read by who asks.
  private volatile long windowBeganNanos;
  private volatile long bytesInWindow;
  private volatile double lastBitsPerSecond;

  /**
   * @param nanoClock {@link System#nanoTime}, or a test's
   */
  SourceMetrics(
      CounterDataPoint videoFrames, CounterDataPoint audioFrames, LongSupplier nanoClock) {
    this.videoFrames = videoFrames;
    this.audioFrames = audioFrames;
    this.nanoClock = nanoClock;
    windowBeganNanos = nanoClock.getAsLong();
  }

  /** For one thread at a time. */
  void received(boolean isVideo, int bytes) {
    (isVideo ? videoFrames : audioFrames).inc();
    long nowNanos = nanoClock.getAsLong();
    long total = bytesInWindow + bytes;
    if (nowNanos - windowBeganNanos >= WINDOW_NANOS) {
      lastBitsPerSecond = rate(total, nowNanos);
      total = 0;
      windowBeganNanos = nowNanos;
    }
    bytesInWindow = total;
  }

  /** Of the last whole second; falls towards 0 while nothing comes. */
  double bitsPerSecond() {
    long nowNanos = nanoClock.getAsLong();
    boolean isSilent = nowNanos - windowBeganNanos > 2 * WINDOW_NANOS;
    return isSilent ? rate(bytesInWindow, nowNanos) : lastBitsPerSecond;
  }

  private double rate(long bytes, long nowNanos) {
    return bytes * Byte.SIZE * NANOS_PER_SECOND / (nowNanos - windowBeganNanos);
  }
}
