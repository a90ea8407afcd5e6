package io.streaminfa.packager;

import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Timescale;
import java.time.Duration;

/**
 * Where the segments of a file begin. Zero is the file's first picture, key frames stand at the
 * first picture in each step, so a segment's number follows from its time, and any chunk can be cut
 * without the others.
 *
 * @param segmentTicks the step and the target duration, on {@link Timescale#VIDEO}
 * @param frameRate tells audio where the picture nearest behind a step stands
 */
record VodGrid(long segmentTicks, FrameRate frameRate) {
  static VodGrid of(Duration segmentDuration, FrameRate frameRate) {
    return new VodGrid(Timescale.VIDEO.ofMillis(segmentDuration.toMillis()), frameRate);
  }

  /** The segment of a picture. */
  long numberAt(long videoTicks) {
    return Math.floorDiv(videoTicks, segmentTicks);
  }

  /** Where the video of a segment begins when no picture is missing, rounded to the tick. */
  long startTicks(long number) {
    long picturesTimesTicks = (long) frameRate.denominator() * Timescale.VIDEO.ticksPerSecond();
    long pictures =
        Math.ceilDiv(
            Math.multiplyExact(number * segmentTicks, frameRate.numerator()), picturesTimesTicks);
    long ticks = Math.multiplyExact(pictures, picturesTimesTicks);
    return (ticks + frameRate.numerator() / 2) / frameRate.numerator();
  }
}
