package io.streaminfa.transcode.worker;

import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Timescale;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gives source pictures their exact times back. RTMP counts milliseconds, so pictures of 29.97 per
 * second come 33, 33 and 34 ms apart; where that is all there is to it, they are put on the grid of
 * the rate that fits, which never lies more than a rounding error from the source's own times.
 * Where no rate fits, the source's times stand as they are.
 *
 * <p>All times are in ticks of {@link Timescale#VIDEO}.
 */
final class FrameClock {
  /**
   * A time that was rounded or cut to a millisecond, against a grid that was found from a few such
   * times and may be half a millisecond off.
   */
  static final long TOLERANCE_TICKS = 135;

  /** Times that jump backwards by more are another timeline. */
  static final long MAX_BACKWARDS_TICKS = Timescale.VIDEO.ticksPerSecond();

  private static final int HISTORY = 64;

  /** So many times must lie on a grid before it is taken up in place of none. */
  private static final int RECENT = 24;

  /** A few odd times do not end a grid. */
  private static final int MAX_MISSES = 3;

  private static final int ATTEMPT_EVERY = 8;
  private static final long LEAST_STEP_TICKS = 90;

  private final long[] history = new long[HISTORY];
  private int historySize;
  private int misses;
  private long lastOutputTicks = Long.MIN_VALUE;
  private @Nullable FrameGrid grid;

  /**
   * @param grid where the first pictures have shown one
   */
  FrameClock(@Nullable FrameGrid grid) {
    this.grid = grid;
  }

  /** The time of the next picture: later than that of the one before. */
  long next(long sourceTicks) {
    if (historySize > 0 && sourceTicks - history[historySize - 1] < -MAX_BACKWARDS_TICKS) {
      historySize = 0;
      grid = null;
    }
    remember(sourceTicks);
    long ticks = snapped(sourceTicks);
    if (ticks <= lastOutputTicks) {
      ticks = lastOutputTicks + LEAST_STEP_TICKS;
    }
    lastOutputTicks = ticks;
    return ticks;
  }

  /** A picture was inserted at this time. */
  void inserted(long ticks) {
    lastOutputTicks = ticks;
  }

  private long snapped(long sourceTicks) {
    FrameGrid current = grid;
    if (current != null && isOn(current, sourceTicks)) {
      misses = 0;
      return current.nearest(sourceTicks);
    }
    misses++;
    FrameGrid other = misses % ATTEMPT_EVERY == 1 ? refitted(current) : null;
    if (other != null && isOn(other, sourceTicks)) {
      misses = 0;
      grid = other;
      return other.nearest(sourceTicks);
    }
    if (misses >= MAX_MISSES) {
      grid = null;
    }
    return sourceTicks;
  }

  private boolean isOn(FrameGrid candidate, long sourceTicks) {
    long onGrid = candidate.nearest(sourceTicks);
    return Math.abs(onGrid - sourceTicks) <= TOLERANCE_TICKS && onGrid > lastOutputTicks;
  }

  /** From all that is remembered, or from the latest times if the rate has just changed. */
  private @Nullable FrameGrid refitted(@Nullable FrameGrid current) {
    FrameRate hint = current == null ? null : current.rate();
    int least = current == null ? RECENT : 2;
    if (historySize < least) {
      return null;
    }
    FrameGrid fitted = FrameGrid.fit(history, historySize, hint);
    if (fitted != null || historySize < RECENT) {
      return fitted;
    }
    long[] recent = Arrays.copyOfRange(history, historySize - RECENT, historySize);
    return FrameGrid.fit(recent, RECENT, hint);
  }

  private void remember(long sourceTicks) {
    if (historySize == HISTORY) {
      System.arraycopy(history, 1, history, 0, HISTORY - 1);
      historySize--;
    }
    history[historySize++] = sourceTicks;
  }
}
