package io.streaminfa.packager;

import io.streaminfa.media.Sample;
import io.streaminfa.packager.SegmentGrid.Boundary;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.units.Timescale;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Cuts one audio track at the frame nearest to each boundary (hls-checklist rule 32). Frames wait
 * until the boundary behind them is known; the grid makes one up when the video is silent for too
 * long, which bounds how many wait.
 */
final class AudioSegmenter implements TrackSegmenter {
  private static final int AAC_FRAME_SAMPLES = 1024;
  private static final int FIRST_SEGMENT_BYTES = 1 << 17;

  private final SegmentGrid grid;
  private final AnsweredRows rows;
  private final Timescale timescale;
  private final MediaClock clock;
  private final PartBuilder parts;
  private final ArrayDeque<Sample> held = new ArrayDeque<>();
  private long lastDurationTicks = AAC_FRAME_SAMPLES;

  AudioSegmenter(
      Rendition.Audio rendition, long lastSequenceNumber, SegmentGrid grid, RowAnswers answers) {
    this.grid = grid;
    rows = new AnsweredRows(answers, FIRST_SEGMENT_BYTES);
    timescale = rendition.track().timescale();
    clock = MediaClock.of(rendition);
    parts = new PartBuilder(timescale, lastSequenceNumber);
  }

  @Override
  public void add(Sample sample) {
    if (sample.dtsTicks() >= 0) {
      held.add(sample);
    }
    settle();
  }

  @Override
  public void settle() {
    Optional<Boundary> end = grid.boundary(rows.open() + 1);
    while (end.isPresent() && !held.isEmpty() && held.getLast().dtsTicks() >= cutTicks(end.get())) {
      closeRow(cutTicks(end.get()));
      end = grid.boundary(rows.open() + 1);
    }
  }

  /** The first frame at or after this is the nearest to the boundary. */
  private long cutTicks(Boundary boundary) {
    return Timescale.VIDEO.convert(boundary.ticks(), timescale) - AAC_FRAME_SAMPLES / 2;
  }

  private void closeRow(long endTicks) {
    dropBefore(cutTicks(grid.boundary(rows.open()).orElseThrow()));
    OpenSegment segment = new OpenSegment(timescale, clock, rows.expectedBytes());
    while (!held.isEmpty() && held.getFirst().dtsTicks() < endTicks) {
      Sample sample = held.removeFirst();
      if (!held.isEmpty()) {
        lastDurationTicks = Math.max(1, held.getFirst().dtsTicks() - sample.dtsTicks());
      }
      parts.add(sample, lastDurationTicks).ifPresent(segment::add);
    }
    parts.flush().ifPresent(segment::add);
    rows.answer(segment.isEmpty() ? Optional.empty() : Optional.of(segment.finish()));
  }

  private void dropBefore(long ticks) {
    while (!held.isEmpty() && held.getFirst().dtsTicks() < ticks) {
      held.removeFirst();
    }
  }

  @Override
  public void giveUpRow() {
    dropBefore(cutTicks(grid.boundary(rows.open() + 1).orElseThrow()));
    rows.answer(Optional.empty());
  }

  /** Whether all frames that belong before a boundary at {@code videoTicks} have come. */
  boolean reaches(long videoTicks) {
    return !held.isEmpty() && held.getLast().dtsTicks() >= cutTicks(new Boundary(videoTicks, true));
  }

  @Override
  public void breakOff() {
    closeRow(cutTicks(grid.boundary(rows.open() + 1).orElseThrow()));
    held.clear();
  }

  @Override
  public void end(long lastRow) {
    settle();
    while (rows.open() <= lastRow) {
      closeRow(Long.MAX_VALUE);
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
