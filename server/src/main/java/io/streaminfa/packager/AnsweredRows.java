package io.streaminfa.packager;

import java.util.Optional;

/** Which rows of an epoch one track has answered, in order, and how large its segments become. */
final class AnsweredRows {
  private final RowAnswers answers;
  private long open;
  private int expectedBytes;

  /**
   * @param firstSegmentBytes room for a segment before there is one to go by
   */
  AnsweredRows(RowAnswers answers, int firstSegmentBytes) {
    this.answers = answers;
    this.expectedBytes = firstSegmentBytes;
  }

  /** The oldest row without an answer. */
  long open() {
    return open;
  }

  /** Room for the next segment: a little more than the last one took. */
  int expectedBytes() {
    return expectedBytes;
  }

  /** Answers the open row, and opens the next. */
  void answer(Optional<CutSegment> segment) {
    if (segment.isPresent()) {
      int sizeBytes = segment.get().data().remaining();
      expectedBytes = sizeBytes + sizeBytes / 8;
    }
    answers.answer(open++, segment);
  }
}
