package io.streaminfa.packager;

import java.util.Optional;

/** Where a {@link TrackSegmenter} delivers. */
@FunctionalInterface
interface RowAnswers {
  /**
   * @param row counted from the start of the epoch
   * @param segment empty where this track has a gap
   */
  void answer(long row, Optional<CutSegment> segment);
}
