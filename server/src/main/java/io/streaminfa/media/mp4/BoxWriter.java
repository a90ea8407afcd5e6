package io.streaminfa.media.mp4;

import io.streaminfa.media.bytes.ByteWriter;

/** Nests boxes in a {@link ByteWriter}: a size is patched when its box closes, never computed. */
final class BoxWriter {
  private final ByteWriter out;

  BoxWriter(ByteWriter out) {
    this.out = out;
  }

  /** Where the fields of the open box go. */
  ByteWriter fields() {
    return out;
  }

  /** ISO/IEC 14496-12, 4.2: a 32-bit size, the type, then what {@code body} writes. */
  void box(String type, Runnable body) {
    int start = out.size();
    out.u32(0).ascii(type);
    body.run();
    out.patchU32(start, out.size() - start);
  }

  /** A box that begins with a version and 24 bits of flags. */
  void fullBox(String type, int version, int flags, Runnable body) {
    box(
        type,
        () -> {
          out.u8(version).u24(flags);
          body.run();
        });
  }
}
