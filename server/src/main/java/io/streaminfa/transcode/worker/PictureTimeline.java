package io.streaminfa.transcode.worker;

import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Timescale;
import org.jspecify.annotations.Nullable;

/**
 * Which pictures of a file are encoded, at what time, and which of them are key frames. Each
 * decision depends on a picture and on those just before it only, so that wherever decoding began
 * the same pictures have the same fate. All times are in ticks of {@link Timescale#VIDEO} from the
 * file's first picture on.
 */
final class PictureTimeline {
  /** Where the picture before stands for longer, it is repeated this far apart. */
  static final long REPEAT_TICKS = Timescale.VIDEO.ticksPerSecond() / 2;

  /** A longer pause is a jump of the file's clock, and not filled. */
  static final long MAX_FILLED_TICKS = 3600L * Timescale.VIDEO.ticksPerSecond();

  private static final long NEAREST_REPEAT_TICKS = REPEAT_TICKS / 5;

  /**
   * Receives the pictures to encode, in order; {@code repeated} ones are the last picture again.
   */
  @FunctionalInterface
  interface Receiver {
    void picture(long ticks, boolean key, boolean repeated)
        throws WorkerFailure, InterruptedException;
  }

  private final long keyframeTicks;
  private final @Nullable FrameGrid grid;
  private final @Nullable FrameRate thinned;
  private final Receiver receiver;
  private long lastSourceTicks = Long.MIN_VALUE;
  private long lastTicks = Long.MIN_VALUE;

  /**
   * @param grid where the file's own times are rounded
   * @param thinned the rate to come down to; null where every picture is encoded
   */
  PictureTimeline(
      long keyframeTicks,
      @Nullable FrameGrid grid,
      @Nullable FrameRate thinned,
      Receiver receiver) {
    this.keyframeTicks = keyframeTicks;
    this.grid = grid;
    this.thinned = thinned;
    this.receiver = receiver;
  }

  /** The next picture of the file. One at the time of another, or before it, is not shown. */
  void add(long fileTicks) throws WorkerFailure, InterruptedException {
    long ticks = snapped(fileTicks);
    long before = lastSourceTicks;
    if (ticks <= before) {
      return;
    }
    lastSourceTicks = ticks;
    if (thinned != null && before != Long.MIN_VALUE && slot(ticks) == slot(before)) {
      return;
    }
    repeatUntil(ticks);
    tell(ticks, false);
  }

  private long snapped(long ticks) {
    if (grid == null) {
      return ticks;
    }
    long onGrid = grid.nearest(ticks);
    return Math.abs(onGrid - ticks) <= FrameClock.TOLERANCE_TICKS ? onGrid : ticks;
  }

  /** The first picture of each slot is kept; rounding may put one just before it. */
  private long slot(long ticks) {
    FrameRate rate = thinned;
    if (rate == null) {
      return ticks;
    }
    long perSlotDivisor = (long) Timescale.VIDEO.ticksPerSecond() * rate.denominator();
    return Math.floorDiv((ticks + FrameClock.TOLERANCE_TICKS) * rate.numerator(), perSlotDivisor);
  }

  private void repeatUntil(long ticks) throws WorkerFailure, InterruptedException {
    long pauseTicks = ticks - lastTicks;
    if (lastTicks == Long.MIN_VALUE
        || pauseTicks <= REPEAT_TICKS
        || pauseTicks > MAX_FILLED_TICKS) {
      return;
    }
    // Multiples of the step hit the key frame grid.
    long from = lastTicks;
    long repeat = Math.floorDiv(from, REPEAT_TICKS) * REPEAT_TICKS + REPEAT_TICKS;
    for (; repeat < ticks - NEAREST_REPEAT_TICKS; repeat += REPEAT_TICKS) {
      if (repeat > from + NEAREST_REPEAT_TICKS) {
        tell(repeat, true);
      }
    }
  }

  private void tell(long ticks, boolean repeated) throws WorkerFailure, InterruptedException {
    boolean key =
        lastTicks == Long.MIN_VALUE
            || Math.floorDiv(ticks, keyframeTicks) != Math.floorDiv(lastTicks, keyframeTicks);
    lastTicks = ticks;
    receiver.picture(ticks, key, repeated);
  }
}
