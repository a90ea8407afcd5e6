package io.streaminfa.packager;

import io.streaminfa.media.Sample;
import io.streaminfa.storage.StorageException;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.units.Timescale;
import org.jspecify.annotations.Nullable;

/**
 * Cuts one track of a chunk into segments. The same samples give the same bytes, whatever chunks
 * were cut before.
 */
final class VodTrackCutter {
  /** mfhd numbers of one segment's parts; a part lasts a second. */
  private static final int SEQUENCE_NUMBERS_PER_SEGMENT = 1024;

  private static final int AAC_FRAME_SAMPLES = 1024;
  private static final int FIRST_SEGMENT_BYTES = 1 << 18;
  private static final long NONE = -1;

  /** Takes a segment as soon as it is complete. */
  interface Output {
    void accept(String rendition, long number, CutSegment segment)
        throws StorageException, InterruptedException;
  }

  private final String rendition;
  private final boolean isVideo;
  private final Timescale timescale;
  private final MediaClock clock;
  private final VodGrid grid;
  private final Output output;

  private long number = NONE;
  private long audioEndTicks;
  private int expectedBytes = FIRST_SEGMENT_BYTES;
  private @Nullable PartBuilder parts;
  private @Nullable OpenSegment open;

  /** The newest sample, whose duration the next one tells. */
  private @Nullable Sample pending;

  VodTrackCutter(Rendition rendition, VodGrid grid, Output output) {
    this.rendition = rendition.name();
    this.isVideo = rendition instanceof Rendition.Video;
    this.timescale = rendition.track().timescale();
    this.clock = MediaClock.of(rendition);
    this.grid = grid;
    this.output = output;
  }

  /**
   * Takes the next sample in decoding order.
   *
   * @throws IllegalStateException when the first picture is no key frame
   */
  void add(Sample sample) throws StorageException, InterruptedException {
    if (!isVideo && sample.dtsTicks() < 0) {
      return; // rule 32: the encoder's priming
    }
    flushPending(sample.dtsTicks());
    long wanted = isVideo ? videoNumber(sample) : audioNumber(sample);
    if (wanted != number) {
      finishSegment();
      begin(wanted);
    } else if (isVideo && sample.sync()) {
      flushPart();
    }
    pending = sample;
  }

  private long videoNumber(Sample sample) {
    if (sample.sync()) {
      return grid.numberAt(sample.ptsTicks());
    }
    if (number == NONE) {
      throw new IllegalStateException(rendition + " begins without a key frame");
    }
    return number;
  }

  /** Rule 32: cut at the frame nearest to the video's boundary. */
  private long audioNumber(Sample sample) {
    if (number == NONE) {
      audioEndTicks = cutTicks(1);
      return sample.dtsTicks() < audioEndTicks ? 0 : seek(sample, 1);
    }
    return sample.dtsTicks() < audioEndTicks ? number : seek(sample, number + 1);
  }

  private long seek(Sample sample, long from) {
    long found = from;
    while (sample.dtsTicks() >= cutTicks(found + 1)) {
      found++;
    }
    audioEndTicks = cutTicks(found + 1);
    return found;
  }

  /** The first frame at or after this is the nearest to the start of the segment. */
  private long cutTicks(long segment) {
    return Timescale.VIDEO.convert(grid.startTicks(segment), timescale) - AAC_FRAME_SAMPLES / 2;
  }

  /**
   * No more samples come.
   *
   * @param endTicks where the last one ends
   */
  void end(long endTicks) throws StorageException, InterruptedException {
    flushPending(endTicks);
    finishSegment();
    number = NONE;
  }

  private void begin(long next) {
    number = next;
    parts = new PartBuilder(timescale, next * SEQUENCE_NUMBERS_PER_SEGMENT);
    open = new OpenSegment(timescale, clock, expectedBytes);
  }

  private void flushPending(long endTicks) {
    Sample sample = pending;
    if (sample != null && parts != null && open != null) {
      pending = null;
      long durationTicks = Math.max(1, endTicks - sample.dtsTicks());
      parts.add(sample, durationTicks).ifPresent(open::add);
    }
  }

  private void flushPart() {
    if (parts != null && open != null) {
      parts.flush().ifPresent(open::add);
    }
  }

  private void finishSegment() throws StorageException, InterruptedException {
    flushPart();
    OpenSegment segment = open;
    open = null;
    parts = null;
    if (segment != null && !segment.isEmpty()) {
      CutSegment cut = segment.finish();
      expectedBytes = cut.data().remaining() + cut.data().remaining() / 8;
      output.accept(rendition, number, cut);
    }
  }
}
