package io.streaminfa.packager;

/**
 * One CMAF chunk of a segment.
 *
 * @param offset of its first byte in the segment
 * @param startTicks presentation time of its first sample
 * @param decodeTicks decoding time of its first sample
 * @param durationTicks the sum of its samples' durations
 * @param independent whether it begins with a sync sample
 */
record Part(
    int offset,
    int sizeBytes,
    long startTicks,
    long decodeTicks,
    long durationTicks,
    boolean independent) {
  Part movedTo(int newOffset) {
    return new Part(newOffset, sizeBytes, startTicks, decodeTicks, durationTicks, independent);
  }
}
