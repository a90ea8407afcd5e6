package io.streaminfa.units;

import java.time.Duration;

/**
 * A media clock.
 *
 * @param ticksPerSecond at least 1
 */
public record Timescale(int ticksPerSecond) {
  /** RTMP's clock. */
  public static final Timescale MILLISECONDS = new Timescale(1_000);

  /** The clock of every video track this server writes. */
  public static final Timescale VIDEO = new Timescale(90_000);

  public Timescale {
    if (ticksPerSecond < 1) {
      throw new IllegalArgumentException("not a clock: " + ticksPerSecond);
    }
  }

  /** The same moment on another clock, rounded to the nearest tick, halves away from zero. */
  public long convert(long ticks, Timescale target) {
    return rescale(ticks, target.ticksPerSecond, ticksPerSecond);
  }

  public double toSeconds(long ticks) {
    return (double) ticks / ticksPerSecond;
  }

  public Duration toDuration(long ticks) {
    return Duration.ofNanos(rescale(ticks, 1_000_000_000L, ticksPerSecond));
  }

  public long ofMillis(long millis) {
    return MILLISECONDS.convert(millis, this);
  }

  private static long rescale(long value, long multiplier, long divisor) {
    long whole = Math.multiplyExact(value / divisor, multiplier);
    long product = Math.multiplyExact(value % divisor, multiplier);
    long half = product < 0 ? -divisor / 2 : divisor / 2;
    return Math.addExact(whole, (product + half) / divisor);
  }
}
