package io.streaminfa.e2e.kit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the samples' times and flags out of CMAF bytes (ISO/IEC 14496-12), apart from the server.
 */
public final class Mp4Samples {
  private static final int SAMPLE_IS_NON_SYNC = 0x0001_0000;

  private Mp4Samples() {}

  /** One sample. Times are in seconds on the track's own timeline. */
  public record Sample(double decodeSeconds, double shownSeconds, double duration, boolean sync) {}

  private record Box(String type, ByteBuffer body) {}

  private record Defaults(long duration, int flags) {}

  /** The samples of a media segment, in decode order. */
  public static List<Sample> read(byte[] init, byte[] segment) throws IOException {
    ByteBuffer moov = required(ByteBuffer.wrap(init), "moov");
    ByteBuffer mdhd = path(moov, "trak", "mdia", "mdhd");
    // version 1 has 64-bit creation and modification times before the timescale (8.4.2.2).
    double timescale = mdhd.getInt(mdhd.get(0) == 1 ? 20 : 12);
    ByteBuffer trex = path(moov, "mvex", "trex");
    Defaults inherited = new Defaults(trex.getInt(12) & 0xffff_ffffL, trex.getInt(20));
    List<Sample> samples = new ArrayList<>();
    for (Box box : boxes(ByteBuffer.wrap(segment))) {
      if (box.type().equals("moof")) {
        readFragment(required(box.body(), "traf"), inherited, timescale, samples);
      }
    }
    return samples;
  }

  private static void readFragment(
      ByteBuffer traf, Defaults inherited, double timescale, List<Sample> out) throws IOException {
    Defaults defaults = trackDefaults(required(traf, "tfhd"), inherited);
    ByteBuffer tfdt = required(traf, "tfdt");
    long ticks = tfdt.get(0) == 1 ? tfdt.getLong(4) : tfdt.getInt(4) & 0xffff_ffffL;
    for (Box box : boxes(traf)) {
      if (!box.type().equals("trun")) {
        continue;
      }
      ByteBuffer trun = box.body();
      int flags = trun.getInt() & 0xffffff;
      int count = trun.getInt();
      if ((flags & 0x1) != 0) {
        trun.getInt();
      }
      int firstFlags = (flags & 0x4) != 0 ? trun.getInt() : defaults.flags();
      for (int i = 0; i < count; i++) {
        long duration = (flags & 0x100) != 0 ? trun.getInt() & 0xffff_ffffL : defaults.duration();
        if ((flags & 0x200) != 0) {
          trun.getInt();
        }
        int sampleFlags = i == 0 ? firstFlags : defaults.flags();
        sampleFlags = (flags & 0x400) != 0 ? trun.getInt() : sampleFlags;
        long offset = (flags & 0x800) != 0 ? trun.getInt() : 0;
        out.add(
            new Sample(
                ticks / timescale,
                (ticks + offset) / timescale,
                duration / timescale,
                (sampleFlags & SAMPLE_IS_NON_SYNC) == 0));
        ticks += duration;
      }
    }
  }

  private static Defaults trackDefaults(ByteBuffer tfhd, Defaults inherited) {
    int flags = tfhd.getInt() & 0xffffff;
    tfhd.getInt();
    if ((flags & 0x1) != 0) {
      tfhd.getLong();
    }
    if ((flags & 0x2) != 0) {
      tfhd.getInt();
    }
    long duration = (flags & 0x8) != 0 ? tfhd.getInt() & 0xffff_ffffL : inherited.duration();
    if ((flags & 0x10) != 0) {
      tfhd.getInt();
    }
    return new Defaults(duration, (flags & 0x20) != 0 ? tfhd.getInt() : inherited.flags());
  }

  private static ByteBuffer path(ByteBuffer parent, String... types) throws IOException {
    ByteBuffer at = parent;
    for (String type : types) {
      at = required(at, type);
    }
    return at;
  }

  private static ByteBuffer required(ByteBuffer parent, String type) throws IOException {
    Optional<Box> found = boxes(parent).stream().filter(box -> box.type().equals(type)).findFirst();
    return found.orElseThrow(() -> new IOException("no " + type + " box")).body();
  }

  private static List<Box> boxes(ByteBuffer parent) throws IOException {
    ByteBuffer in = parent.slice();
    List<Box> boxes = new ArrayList<>();
    while (in.remaining() >= 8) {
      int start = in.position();
      long size = in.getInt() & 0xffff_ffffL;
      byte[] type = new byte[4];
      in.get(type);
      if (size == 1) {
        size = in.getLong();
      }
      if (size < in.position() - start || size > in.capacity() - start) {
        throw new IOException("a box of " + size + " bytes at " + start);
      }
      int end = (int) (start + size);
      String name = new String(type, java.nio.charset.StandardCharsets.US_ASCII);
      boxes.add(new Box(name, in.slice(in.position(), end - in.position())));
      in.position(end);
    }
    return boxes;
  }
}
