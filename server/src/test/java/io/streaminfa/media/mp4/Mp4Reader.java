package io.streaminfa.media.mp4;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** Reads fragmented MP4 without any of the code that writes it. */
public final class Mp4Reader {
  private static final Set<String> CONTAINERS =
      Set.of("moov", "trak", "mdia", "minf", "dinf", "stbl", "mvex", "moof", "traf");

  private Mp4Reader() {}

  /** A box and where its payload is. */
  public record Box(String type, ByteBuffer payload) {}

  /** A sample of one track, with what its run says of it. */
  public record ReadSample(
      long dtsTicks, long durationTicks, long offsetTicks, boolean sync, ByteBuffer data) {
    public long ptsTicks() {
      return dtsTicks + offsetTicks;
    }
  }

  /** The boxes of one level; every size must fit. */
  public static List<Box> boxes(ByteBuffer source) {
    ByteBuffer buffer = source.slice();
    List<Box> boxes = new ArrayList<>();
    while (buffer.hasRemaining()) {
      int size = buffer.getInt();
      byte[] type = new byte[4];
      buffer.get(type);
      if (size < 8 || size - 8 > buffer.remaining()) {
        throw new IllegalArgumentException("box of " + size + " bytes does not fit");
      }
      boxes.add(
          new Box(
              new String(type, StandardCharsets.ISO_8859_1),
              buffer.slice(buffer.position(), size - 8)));
      buffer.position(buffer.position() + size - 8);
    }
    return boxes;
  }

  public static ByteBuffer child(ByteBuffer payload, String type) {
    return boxes(payload).stream()
        .filter(box -> box.type().equals(type))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no " + type))
        .payload();
  }

  /** The samples of all chunks of a segment. */
  public static List<ReadSample> samples(ByteBuffer segment) {
    List<ReadSample> samples = new ArrayList<>();
    int offset = 0;
    for (Box box : boxes(segment)) {
      if (box.type().equals("moof")) {
        ByteBuffer moof = segment.slice(segment.position() + offset, segment.remaining() - offset);
        readFragment(moof, child(box.payload(), "traf"), samples);
      }
      offset += box.payload().remaining() + 8;
    }
    return samples;
  }

  /** The mfhd sequence numbers of all chunks of a segment. */
  public static List<Long> sequenceNumbers(ByteBuffer segment) {
    return boxes(segment).stream()
        .filter(box -> box.type().equals("moof"))
        .map(box -> child(box.payload(), "mfhd").getInt(4) & 0xffff_ffffL)
        .toList();
  }

  private static void readFragment(ByteBuffer moof, ByteBuffer traf, List<ReadSample> out) {
    ByteBuffer tfhd = child(traf, "tfhd");
    int headerFlags = tfhd.getInt() & 0xffffff;
    if ((headerFlags & 0x020000) == 0 || (headerFlags & 0x1) != 0) {
      throw new IllegalArgumentException("default-base-is-moof is not set, or an offset is");
    }
    tfhd.getInt();
    long defaultDuration = (headerFlags & 0x8) != 0 ? tfhd.getInt() : -1;
    long defaultSize = (headerFlags & 0x10) != 0 ? tfhd.getInt() : -1;
    int defaultFlags = (headerFlags & 0x20) != 0 ? tfhd.getInt() : -1;
    ByteBuffer tfdt = child(traf, "tfdt");
    if (tfdt.getInt() != 0x0100_0000) {
      throw new IllegalArgumentException("tfdt is not version 1");
    }
    long dts = tfdt.getLong();
    ByteBuffer trun = child(traf, "trun");
    int runHeader = trun.getInt();
    if (runHeader >>> 24 != 1) {
      throw new IllegalArgumentException("trun is not version 1");
    }
    int flags = runHeader & 0xffffff;
    int count = trun.getInt();
    int position = trun.getInt();
    int firstFlags = (flags & 0x4) != 0 ? trun.getInt() : defaultFlags;
    for (int i = 0; i < count; i++) {
      long duration = (flags & 0x100) != 0 ? trun.getInt() : defaultDuration;
      int size = (flags & 0x200) != 0 ? trun.getInt() : (int) defaultSize;
      int sampleFlags = (flags & 0x400) != 0 ? trun.getInt() : i == 0 ? firstFlags : defaultFlags;
      int offset = (flags & 0x800) != 0 ? trun.getInt() : 0;
      boolean sync = (sampleFlags & 0x1_0000) == 0;
      out.add(new ReadSample(dts, duration, offset, sync, moof.slice(position, size)));
      dts += duration;
      position += size;
    }
    if (trun.hasRemaining()) {
      throw new IllegalArgumentException("trun is too long");
    }
  }

  /** A line for each box, with its payload in hexadecimal where it has no boxes inside. */
  public static String dump(ByteBuffer source) {
    StringBuilder out = new StringBuilder();
    dump(source, "", out);
    return out.toString();
  }

  private static void dump(ByteBuffer source, String indent, StringBuilder out) {
    for (Box box : boxes(source)) {
      out.append(indent).append(box.type()).append(' ').append(box.payload().remaining() + 8);
      ByteBuffer payload = box.payload().duplicate();
      int fixed =
          switch (box.type()) {
            case "stsd", "dref" -> 8;
            case "avc1" -> 78;
            case "mp4a" -> 28;
            default -> CONTAINERS.contains(box.type()) ? 0 : payload.remaining();
          };
      if (fixed > 0) {
        byte[] fields = new byte[fixed];
        payload.get(fields);
        out.append(box.type().endsWith("typ") ? brands(fields) : hex(fields));
      }
      out.append('\n');
      dump(payload, indent + "  ", out);
    }
  }

  private static String brands(byte[] fields) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < fields.length; i += 4) {
      out.append(i == 4 ? " 0" : " " + new String(fields, i, 4, StandardCharsets.ISO_8859_1));
    }
    return out.toString();
  }

  /** Words of four bytes; runs of zero words are counted. */
  private static String hex(byte[] fields) {
    StringBuilder out = new StringBuilder();
    int zeros = 0;
    for (int i = 0; i < fields.length; i += 4) {
      String word = HexFormat.of().formatHex(fields, i, Math.min(fields.length, i + 4));
      if (word.equals("00000000")) {
        zeros++;
        continue;
      }
      out.append(zeros > 0 ? " 0*" + zeros : "").append(' ').append(word);
      zeros = 0;
    }
    return out.append(zeros > 0 ? " 0*" + zeros : "").toString();
  }
}
