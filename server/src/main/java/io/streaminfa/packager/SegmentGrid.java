package io.streaminfa.packager;

import io.streaminfa.units.Timescale;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the segments of one epoch begin. It is decided once, on {@link Timescale#VIDEO}, and every
 * rendition follows, so that boundaries line up (hls-checklist rule 16).
 *
 * <p>A segment begins with the first sync sample in each step of an absolute grid. EXTINF must not
 * round above the target duration (rules 1 and 2), whatever the source does: when no sync sample
 * came in time, the cut is made at the last one that did; when there was none either, the cut is
 * {@linkplain Boundary#sync not at a sync sample}, and the video has a gap from there to the next
 * one.
 *
 * <p>All that is asked of it about the past is forgotten by {@link #forgetBefore}.
 */
final class SegmentGrid {
  /** Sync samples of two renditions that are no further apart are the same picture, rounded. */
  static final long SAME_PICTURE_TICKS = 90;

  /** EXTINF rounds up from half a second on; an audio segment may be a frame longer than this. */
  private static final long OVERRUN_TICKS = 40_500;

  /** A segment that begins so shortly before a step lasts until the one after. */
  private static final long SHORTEST_TICKS = 36_000;

  private static final long NONE = Long.MIN_VALUE;

  /**
   * The start of a segment and the end of the one before.
   *
   * @param sync whether a sync sample of the video stands there
   */
  record Boundary(long ticks, boolean sync) {}

  private final long segmentTicks;
  private final long latenessTicks;
  private final List<Boundary> boundaries = new ArrayList<>();
  private long forgotten;
  private long candidateTicks = NONE;
  private long originTicks = NONE;

  /**
   * @param segmentTicks the step, and the target duration
   * @param latenessTicks how far one track may run ahead before the others are taken as silent
   */
  SegmentGrid(long segmentTicks, long latenessTicks) {
    this.segmentTicks = segmentTicks;
    this.latenessTicks = latenessTicks;
  }

  /** A sample of any video rendition was seen. */
  void video(long ptsTicks, boolean sync) {
    if (boundaries.isEmpty()) {
      if (sync) {
        boundaries.add(new Boundary(ptsTicks, true));
      }
      return;
    }
    cutUpTo(ptsTicks);
    if (sync) {
      sync(ptsTicks);
    }
  }

  private void sync(long ptsTicks) {
    Boundary last = boundaries.getLast();
    if (ptsTicks <= Math.max(last.ticks, candidateTicks) + SAME_PICTURE_TICKS) {
      if (!last.sync && ptsTicks >= last.ticks - SAME_PICTURE_TICKS) {
        boundaries.set(boundaries.size() - 1, new Boundary(last.ticks, true));
      }
      return;
    }
    long step = Math.floorDiv(last.ticks + SHORTEST_TICKS, segmentTicks);
    if (!last.sync || Math.floorDiv(ptsTicks, segmentTicks) > step) {
      cut(new Boundary(ptsTicks, true));
    } else {
      candidateTicks = ptsTicks;
    }
  }

  /** Some track of the epoch has come this far. */
  void elapsed(long ticks) {
    if (!boundaries.isEmpty()) {
      cutUpTo(ticks - latenessTicks);
    } else if (originTicks == NONE) {
      originTicks = ticks;
    } else if (ticks - originTicks >= limitTicks() + latenessTicks) {
      boundaries.add(new Boundary(originTicks, false));
    }
  }

  /** The epoch ends here, so nothing is late any more. */
  void end(long ticks) {
    if (boundaries.isEmpty() && originTicks != NONE) {
      boundaries.add(new Boundary(originTicks, false));
    }
    if (!boundaries.isEmpty()) {
      cutUpTo(ticks);
    }
  }

  /**
   * Forgets what was decided behind row {@code row}, which ends at a sync sample at {@code ticks}.
   */
  void truncate(long row, long ticks) {
    while (decided() > row + 1) {
      boundaries.removeLast();
    }
    cut(new Boundary(ticks, true));
  }

  private void cutUpTo(long ticks) {
    while (ticks - boundaries.getLast().ticks >= limitTicks()) {
      cut(
          candidateTicks == NONE
              ? new Boundary(boundaries.getLast().ticks + segmentTicks, false)
              : new Boundary(candidateTicks, true));
    }
  }

  private void cut(Boundary boundary) {
    boundaries.add(boundary);
    candidateTicks = NONE;
  }

  private long limitTicks() {
    return segmentTicks + OVERRUN_TICKS;
  }

  /** The start of the epoch's row {@code row}, once it is decided. */
  Optional<Boundary> boundary(long row) {
    long index = row - forgotten;
    return index < boundaries.size() ? Optional.of(boundaries.get((int) index)) : Optional.empty();
  }

  /** How many boundaries are decided. */
  long decided() {
    return forgotten + boundaries.size();
  }

  void forgetBefore(long row) {
    while (forgotten < row && boundaries.size() > 1) {
      boundaries.removeFirst();
      forgotten++;
    }
  }
}
