package io.streaminfa.packager;

import io.streaminfa.media.Sample;
import io.streaminfa.media.mp4.Fragment;
import io.streaminfa.packager.SegmentGrid.Boundary;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Timescale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Cuts one video track. A row is complete when a sync sample at or behind its end has come; until
 * then the segment may hold pictures of the next row, which is what allows the grid to cut at an
 * earlier sync sample after the fact.
 */
final class VideoSegmenter implements TrackSegmenter {
  private static final int FIRST_SEGMENT_BYTES = 1 << 18;

  private final SegmentGrid grid;
  private final AnsweredRows rows;
  private final Timescale timescale;
  private final MediaClock clock;
  private final PartBuilder parts;
  private long lastSyncTicks = Long.MIN_VALUE;
  private long lastDurationTicks;

  /** Absent while the track waits for the sync sample that begins a row. */
  private @Nullable OpenSegment open;

  /** The newest sample, whose duration the next one tells. */
  private @Nullable Sample pending;

  VideoSegmenter(
      Rendition.Video rendition, long lastSequenceNumber, SegmentGrid grid, RowAnswers answers) {
    this.grid = grid;
    rows = new AnsweredRows(answers, FIRST_SEGMENT_BYTES);
    timescale = rendition.track().timescale();
    clock = MediaClock.of(rendition);
    parts = new PartBuilder(timescale, lastSequenceNumber);
    FrameRate rate = rendition.frameRate();
    lastDurationTicks =
        Math.max(1, (long) timescale.ticksPerSecond() * rate.denominator() / rate.numerator());
  }

  @Override
  public void add(Sample sample) {
    flushPending(endOfPending(sample));
    if (sample.sync()) {
      flushPart();
      lastSyncTicks = sample.ptsTicks();
    }
    settle(sample.ptsTicks());
    if (open == null && beginsRow(sample)) {
      open = new OpenSegment(timescale, clock, rows.expectedBytes());
    }
    if (open != null) {
      pending = sample;
    }
  }

  /** Where the pending sample ends: at the next one, unless a gap begins before. */
  private long endOfPending(Sample next) {
    Optional<Boundary> end = grid.boundary(rows.open() + 1);
    boolean gapFollows =
        end.isPresent() && !end.get().sync() && next.ptsTicks() >= end.get().ticks();
    return gapFollows ? Math.min(next.dtsTicks(), end.get().ticks()) : next.dtsTicks();
  }

  private boolean beginsRow(Sample sample) {
    Optional<Boundary> start = grid.boundary(rows.open());
    return sample.sync()
        && start.isPresent()
        && Math.abs(sample.ptsTicks() - start.get().ticks()) <= SegmentGrid.SAME_PICTURE_TICKS;
  }

  @Override
  public void settle() {
    settle(Long.MIN_VALUE);
  }

  private void settle(long newestTicks) {
    Optional<Boundary> end = grid.boundary(rows.open() + 1);
    while (end.isPresent() && isComplete(end.get(), newestTicks)) {
      closeRow(end.get().ticks());
      end = grid.boundary(rows.open() + 1);
    }
  }

  private boolean isComplete(Boundary end, long newestTicks) {
    return lastSyncTicks >= end.ticks() - SegmentGrid.SAME_PICTURE_TICKS
        || (!end.sync() && newestTicks >= end.ticks());
  }

  private void closeRow(long endTicks) {
    OpenSegment segment = open;
    if (segment == null) {
      rows.answer(Optional.empty());
      return;
    }
    if (lastSyncTicks < endTicks - SegmentGrid.SAME_PICTURE_TICKS) {
      flushPart();
    }
    open = segment.splitAt(endTicks - SegmentGrid.SAME_PICTURE_TICKS).orElse(null);
    rows.answer(segment.isEmpty() ? Optional.empty() : Optional.of(segment.finish()));
  }

  @Override
  public void giveUpRow() {
    Boundary end = grid.boundary(rows.open() + 1).orElseThrow();
    if (end.sync()) {
      // The other renditions went on: this one lags or is gone, and half a row is no row.
      parts.clear();
      pending = null;
      open = null;
    } else {
      // No rendition went on: the source has a hole, and its last picture stands until the gap.
      flushPending(end.ticks());
    }
    closeRow(end.ticks());
  }

  @Override
  public void breakOff() {
    // The sync sample at the end of the row has come, and so is all that stands before it.
    pending = null;
    parts.clear();
    settle(Long.MIN_VALUE);
    open = null;
  }

  /** The presentation time of the newest sync sample; empty before the first. */
  OptionalLong lastSyncTicks() {
    return lastSyncTicks == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(lastSyncTicks);
  }

  @Override
  public void end(long lastRow) {
    settle(Long.MIN_VALUE);
    Sample last = pending;
    if (last != null) {
      Optional<Boundary> gap = grid.boundary(rows.open() + 1).filter(end -> !end.sync());
      flushPending(gap.map(Boundary::ticks).orElse(last.dtsTicks() + lastDurationTicks));
    }
    while (rows.open() <= lastRow) {
      closeRow(Long.MAX_VALUE);
    }
  }

  private void flushPending(long endTicks) {
    Sample sample = pending;
    if (sample == null) {
      return;
    }
    pending = null;
    lastDurationTicks = Math.max(1, endTicks - sample.dtsTicks());
    parts.add(sample, lastDurationTicks).ifPresent(this::write);
  }

  private void flushPart() {
    parts.flush().ifPresent(this::write);
  }

  private void write(Fragment part) {
    if (open != null) {
      open.add(part);
    }
  }

  @Override
  public long row() {
    return rows.open();
  }

  @Override
  public long lastSequenceNumber() {
    return parts.lastSequenceNumber();
  }
}
