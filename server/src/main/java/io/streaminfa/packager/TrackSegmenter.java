package io.streaminfa.packager;

import io.streaminfa.media.Sample;

/**
 * Cuts one track of one epoch at the boundaries of a {@link SegmentGrid}. It gives exactly one
 * answer for each row of the grid, in order: a segment, or that there is none.
 */
sealed interface TrackSegmenter permits VideoSegmenter, AudioSegmenter {
  /** Takes the next sample, after the grid has seen it. */
  void add(Sample sample);

  /** Answers every row that is complete. */
  void settle();

  /** Answers the oldest open row, whose end is decided, with what there is: it took too long. */
  void giveUpRow();

  /** Answers the oldest open row, whose end is decided, and drops what came behind that end. */
  void breakOff();

  /** No sample will come: answers all rows up to and including {@code lastRow}. */
  void end(long lastRow);

  /** The oldest row without an answer. */
  long row();

  /** The last mfhd sequence number written. */
  long lastSequenceNumber();
}
