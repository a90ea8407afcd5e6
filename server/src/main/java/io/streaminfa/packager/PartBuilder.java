package io.streaminfa.packager;

import io.streaminfa.media.Sample;
import io.streaminfa.media.mp4.Fragment;
import io.streaminfa.units.Timescale;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Collects the samples of one track into CMAF chunks of at most the part target. A sample's payload
 * is only referred to until its chunk is written.
 */
final class PartBuilder {
  /** EXT-X-PART-INF's PART-TARGET. */
  private static final int PART_TARGET_SECONDS = 1;

  private final long partTargetTicks;
  private final List<Fragment.FrameEntry> samples = new ArrayList<>();
  private long decodeTicks;
  private long durationTicks;
  private long sequenceNumber;

  /**
   * @param lastSequenceNumber the last one this rendition has used
   */
  PartBuilder(Timescale timescale, long lastSequenceNumber) {
    partTargetTicks = (long) PART_TARGET_SECONDS * timescale.ticksPerSecond();
    sequenceNumber = lastSequenceNumber;
  }

  long lastSequenceNumber() {
    return sequenceNumber;
  }

  /** Adds a sample; the part before it comes back when the sample did not fit. */
  Optional<Fragment> add(Sample sample, long sampleDurationTicks) {
    Optional<Fragment> full =
        durationTicks + sampleDurationTicks > partTargetTicks ? flush() : Optional.empty();
    if (samples.isEmpty()) {
      decodeTicks = sample.dtsTicks();
    }
    samples.add(
        new Fragment.FrameEntry(
            sampleDurationTicks, sample.compositionOffsetTicks(), sample.sync(), sample.data()));
    durationTicks += sampleDurationTicks;
    return full;
  }

  /** Ends the part, if it has a sample. */
  Optional<Fragment> flush() {
    if (samples.isEmpty()) {
      return Optional.empty();
    }
    Fragment part = new Fragment(++sequenceNumber, decodeTicks, List.copyOf(samples));
    clear();
    return Optional.of(part);
  }

  void clear() {
    samples.clear();
    durationTicks = 0;
  }
}
