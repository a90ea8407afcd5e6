package io.streaminfa.packager;

import io.streaminfa.media.bytes.ByteWriter;
import io.streaminfa.media.mp4.Fragment;
import io.streaminfa.units.Timescale;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A segment that parts are still appended to. */
final class OpenSegment {
  private final Timescale timescale;
  private final MediaClock clock;
  private final ByteWriter out;
  private final List<Part> parts = new ArrayList<>();
  private long muxNanos;

  OpenSegment(Timescale timescale, MediaClock clock, int expectedBytes) {
    this.timescale = timescale;
    this.clock = clock;
    out = new ByteWriter(expectedBytes);
    Fragment.writeSegmentType(out);
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  void add(Fragment fragment) {
    long begin = System.nanoTime();
    int offset = out.size();
    clock.written(fragment).writeTo(out);
    Fragment.FrameEntry first = fragment.samples().getFirst();
    long durationTicks = 0;
    for (Fragment.FrameEntry sample : fragment.samples()) {
      durationTicks += sample.durationTicks();
    }
    parts.add(
        new Part(
            offset,
            out.size() - offset,
            fragment.baseDecodeTimeTicks() + first.compositionOffsetTicks(),
            fragment.baseDecodeTimeTicks(),
            durationTicks,
            first.sync()));
    muxNanos += System.nanoTime() - begin;
  }

  /**
   * Takes the parts from the first independent one at or after {@code ticks} on out of this segment
   * and into a new one; empty when there are none.
   */
  Optional<OpenSegment> splitAt(long ticks) {
    int index = 0;
    while (index < parts.size()
        && !(parts.get(index).independent() && parts.get(index).startTicks() >= ticks)) {
      index++;
    }
    if (index == parts.size()) {
      return Optional.empty();
    }
    OpenSegment rest = new OpenSegment(timescale, clock, out.size());
    List<Part> moving = parts.subList(index, parts.size());
    for (Part part : moving) {
      rest.parts.add(part.movedTo(rest.out.size()));
      rest.out.raw(out.toByteBuffer().slice(part.offset(), part.sizeBytes()));
    }
    moving.clear();
    return Optional.of(rest);
  }

  /** What was written, without a copy; nothing may be appended afterwards. */
  CutSegment finish() {
    Part last = parts.getLast();
    ByteBuffer data = out.toByteBuffer().slice(0, last.offset() + last.sizeBytes());
    return new CutSegment(
        timescale,
        parts.getFirst().decodeTicks(),
        last.decodeTicks() + last.durationTicks(),
        data.asReadOnlyBuffer(),
        List.copyOf(parts),
        muxNanos);
  }
}
