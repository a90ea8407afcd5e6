package io.streaminfa.media.mp4;

import io.streaminfa.media.bytes.ByteWriter;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One CMAF chunk (ISO/IEC 23000-19, 7.3.2.3): a moof and its mdat. What all samples share is
 * written once in the tfhd.
 *
 * @param sequenceNumber rises from chunk to chunk of a track; wraps at 32 bits
 * @param baseDecodeTimeTicks decoding time of the first sample
 * @param samples in decoding order, at least one
 */
public record Fragment(long sequenceNumber, long baseDecodeTimeTicks, List<FrameEntry> samples) {
  private static final int DEFAULT_BASE_IS_MOOF = 0x02_0000;
  private static final int DEFAULT_DURATION = 0x08;
  private static final int DEFAULT_FLAGS = 0x20;
  private static final int DATA_OFFSET = 0x001;
  private static final int FIRST_SAMPLE_FLAGS = 0x004;
  private static final int SAMPLE_DURATION = 0x100;
  private static final int SAMPLE_SIZE = 0x200;
  private static final int SAMPLE_FLAGS = 0x400;
  private static final int SAMPLE_COMPOSITION_OFFSET = 0x800;

  /** ISO/IEC 14496-12, 8.8.3.1: sample_depends_on = 2, it depends on no other. */
  private static final int SYNC = 0x0200_0000;

  /** sample_depends_on = 1, sample_is_non_sync_sample = 1. */
  private static final int NON_SYNC = 0x0101_0000;

  /**
   * One sample.
   *
   * @param durationTicks to the decoding time of the next sample, at least 1
   * @param compositionOffsetTicks presentation time less decoding time, of any sign
   */
  public record FrameEntry(
      long durationTicks, long compositionOffsetTicks, boolean sync, ByteBuffer data) {}

  public Fragment {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("a chunk without samples");
    }
  }

  /** The CMAF segment type, which stands before the first chunk of a segment. */
  public static void writeSegmentType(ByteWriter out) {
    new BoxWriter(out)
        .box(
            "styp",
            () -> out.ascii("cmfs").u32(0).ascii("cmfs").ascii("cmff").ascii("cmfl").ascii("msdh"));
  }

  /**
   * Appends moof and mdat; each payload is copied once.
   *
   * @throws IllegalArgumentException when the decoding time is negative, which a file cannot say
   */
  public void writeTo(ByteWriter out) {
    if (baseDecodeTimeTicks < 0) {
      throw new IllegalArgumentException("negative decoding time " + baseDecodeTimeTicks);
    }
    BoxWriter boxes = new BoxWriter(out);
    int moof = out.size();
    int[] dataOffsetField = new int[1];
    boxes.box(
        "moof",
        () -> {
          boxes.fullBox("mfhd", 0, 0, () -> out.u32(sequenceNumber));
          boxes.box("traf", () -> dataOffsetField[0] = writeTrackFragment(boxes));
        });
    int payload = out.size() + 8;
    // 8.8.7.1: with default-base-is-moof the data offset counts from the start of the moof.
    out.patchU32(dataOffsetField[0], payload - moof);
    boxes.box("mdat", () -> samples.forEach(sample -> out.raw(sample.data())));
  }

  private int writeTrackFragment(BoxWriter boxes) {
    ByteWriter out = boxes.fields();
    boolean sameDuration = sameDuration();
    boolean flagsEach = !sameFlagsAfterFirst();
    FrameEntry first = samples.getFirst();
    FrameEntry last = samples.getLast();
    int defaults =
        DEFAULT_BASE_IS_MOOF
            | (sameDuration ? DEFAULT_DURATION : 0)
            | (flagsEach ? 0 : DEFAULT_FLAGS);
    boxes.fullBox(
        "tfhd",
        0,
        defaults,
        () -> {
          out.u32(InitSegment.TRACK_ID);
          if (sameDuration) {
            out.u32(first.durationTicks());
          }
          if (!flagsEach) {
            out.u32(flags(last));
          }
        });
    boxes.fullBox("tfdt", 1, 0, () -> out.u64(baseDecodeTimeTicks));
    int fields =
        DATA_OFFSET
            | SAMPLE_SIZE
            | (sameDuration ? 0 : SAMPLE_DURATION)
            | (flagsEach ? SAMPLE_FLAGS : first.sync() != last.sync() ? FIRST_SAMPLE_FLAGS : 0)
            | (anyCompositionOffset() ? SAMPLE_COMPOSITION_OFFSET : 0);
    int dataOffsetField = out.size() + 16;
    boxes.fullBox("trun", 1, fields, () -> writeRun(out, fields));
    return dataOffsetField;
  }

  private void writeRun(ByteWriter out, int fields) {
    out.u32(samples.size()).u32(0);
    if ((fields & FIRST_SAMPLE_FLAGS) != 0) {
      out.u32(flags(samples.getFirst()));
    }
    for (FrameEntry sample : samples) {
      if ((fields & SAMPLE_DURATION) != 0) {
        out.u32(sample.durationTicks());
      }
      out.u32(sample.data().remaining());
      if ((fields & SAMPLE_FLAGS) != 0) {
        out.u32(flags(sample));
      }
      if ((fields & SAMPLE_COMPOSITION_OFFSET) != 0) {
        out.u32(sample.compositionOffsetTicks());
      }
    }
  }

  private boolean sameDuration() {
    long duration = samples.getFirst().durationTicks();
    for (FrameEntry sample : samples) {
      if (sample.durationTicks() != duration) {
        return false;
      }
    }
    return true;
  }

  private boolean sameFlagsAfterFirst() {
    boolean sync = samples.getLast().sync();
    for (int i = 1; i < samples.size(); i++) {
      if (samples.get(i).sync() != sync) {
        return false;
      }
    }
    return true;
  }

  private boolean anyCompositionOffset() {
    for (FrameEntry sample : samples) {
      if (sample.compositionOffsetTicks() != 0) {
        return true;
      }
    }
    return false;
  }

  private static int flags(FrameEntry sample) {
    return sample.sync() ? SYNC : NON_SYNC;
  }
}
