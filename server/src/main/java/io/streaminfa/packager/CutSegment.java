package io.streaminfa.packager;

import io.streaminfa.units.Timescale;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A finished media segment of one rendition.
 *
 * @param startTicks decoding time of the first sample
 * @param endTicks where the last sample ends
 * @param data the whole segment, read-only
 * @param parts of which it is the concatenation, behind the styp
 * @param muxNanos how long writing it took
 */
record CutSegment(
    Timescale timescale,
    long startTicks,
    long endTicks,
    ByteBuffer data,
    List<Part> parts,
    long muxNanos) {
  private static final Timescale MICROSECONDS = new Timescale(1_000_000);

  /** Rounded on the timeline, not on the duration: the sum of durations cannot drift (rule 17). */
  long durationMicros() {
    return micros(timescale, endTicks) - startMicros();
  }

  long startMicros() {
    return micros(timescale, startTicks);
  }

  static long micros(Timescale timescale, long ticks) {
    return timescale.convert(ticks, MICROSECONDS);
  }
}
