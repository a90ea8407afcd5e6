package io.streaminfa.transcode.worker;

import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Timescale;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The times of pictures at a constant rate: {@code anchorTicks} plus whole picture durations.
 *
 * @param anchorTicks the time of one picture, on {@link Timescale#VIDEO}
 */
record FrameGrid(FrameRate rate, long anchorTicks) {
  /**
   * Times that were rounded to a millisecond lie within one; twice that, relative to each other.
   */
  private static final long MAX_RESIDUAL_SPAN_TICKS = 2 * 90;

  /** A first time that was rounded, against another. */
  private static final long ADOPTION_TICKS = 92;

  /** Two rates that fit about equally well over a few pictures cannot be told apart. */
  private static final long INDISTINCT_SPAN_TICKS = 45;

  /** Whole rates before their NTSC neighbours, which need longer to be told apart. */
  private static final List<FrameRate> USUAL_RATES =
      List.of(
          new FrameRate(30, 1),
          new FrameRate(25, 1),
          new FrameRate(60, 1),
          new FrameRate(50, 1),
          new FrameRate(24, 1),
          new FrameRate(30_000, 1001),
          new FrameRate(60_000, 1001),
          new FrameRate(24_000, 1001),
          new FrameRate(15, 1),
          new FrameRate(20, 1),
          new FrameRate(10, 1),
          new FrameRate(12, 1),
          new FrameRate(5, 1),
          new FrameRate(48, 1),
          new FrameRate(90, 1),
          new FrameRate(100, 1),
          new FrameRate(120, 1),
          new FrameRate(120_000, 1001),
          new FrameRate(144, 1),
          new FrameRate(240, 1));

  /**
   * Containers write rates as averages and rounded: so near, and one of the usual ones is meant.
   */
  private static final double SAME_RATE = 1e-4;

  /** The usual rate that is meant, or the rate itself. */
  static FrameRate usual(FrameRate rate) {
    for (FrameRate candidate : USUAL_RATES) {
      if (Math.abs(rate.perSecond() / candidate.perSecond() - 1) < SAME_RATE) {
        return candidate;
      }
    }
    return rate;
  }

  /**
   * The grid that the given times lie on but for the rounding of a millisecond; null when there is
   * none.
   *
   * @param times rising
   * @param hint the rate that the bit stream claims, believed where it fits
   */
  static @Nullable FrameGrid fit(long[] times, int count, @Nullable FrameRate hint) {
    if (count < 2) {
      return null;
    }
    List<FrameRate> candidates = new ArrayList<>();
    if (hint != null) {
      candidates.add(hint);
    }
    candidates.addAll(USUAL_RATES);
    FrameGrid best = null;
    long bestSpan = MAX_RESIDUAL_SPAN_TICKS - INDISTINCT_SPAN_TICKS;
    boolean first = true;
    for (FrameRate rate : candidates) {
      FrameGrid fitted = new FrameGrid(rate, times[0]);
      long span = fitted.residualSpan(times, count);
      boolean fits = span <= MAX_RESIDUAL_SPAN_TICKS;
      if (fits && (first || span < bestSpan - INDISTINCT_SPAN_TICKS)) {
        best = fitted.centred(times, count);
        bestSpan = span;
        first = false;
      }
    }
    return best;
  }

  long nearest(long ticks) {
    return at(indexOf(ticks));
  }

  private long indexOf(long ticks) {
    double pictures = (double) (ticks - anchorTicks) * rate.numerator() / perTickDivisor();
    return Math.round(pictures);
  }

  private long at(long index) {
    return anchorTicks + Math.floorDiv(index * perTickDivisor(), rate.numerator());
  }

  private long perTickDivisor() {
    return (long) Timescale.VIDEO.ticksPerSecond() * rate.denominator();
  }

  /** How far apart the largest and the smallest error lie; a huge number when pictures collide. */
  private long residualSpan(long[] times, int count) {
    long least = 0;
    long most = 0;
    long index = 0;
    for (int i = 1; i < count; i++) {
      long next = indexOf(times[i]);
      if (next <= index) {
        return Long.MAX_VALUE;
      }
      index = next;
      long residual = times[i] - at(index);
      least = Math.min(least, residual);
      most = Math.max(most, residual);
    }
    // Pictures of 30 per second lie on a grid of 60 as well: the steps must mostly be single.
    boolean mostlySingleSteps = index * 2 <= (count - 1) * 3L;
    return mostlySingleSteps ? most - least : Long.MAX_VALUE;
  }

  /**
   * Publishers mostly begin at zero, and then all times are multiples of a picture's duration: that
   * grid if it will do, else the one of the first time, else the one amid the errors.
   */
  private FrameGrid centred(long[] times, int count) {
    FrameGrid fromZero = new FrameGrid(rate, 0);
    if (fromZero.isWithinTolerance(times, count)) {
      return fromZero;
    }
    if (isWithinTolerance(times, count)) {
      return this;
    }
    long least = 0;
    long most = 0;
    for (int i = 1; i < count; i++) {
      long residual = times[i] - nearest(times[i]);
      least = Math.min(least, residual);
      most = Math.max(most, residual);
    }
    return new FrameGrid(rate, anchorTicks + (least + most) / 2);
  }

  private boolean isWithinTolerance(long[] times, int count) {
    for (int i = 0; i < count; i++) {
      if (Math.abs(times[i] - nearest(times[i])) > ADOPTION_TICKS) {
        return false;
      }
    }
    return true;
  }
}
