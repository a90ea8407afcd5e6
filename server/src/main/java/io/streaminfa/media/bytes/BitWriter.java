package io.streaminfa.media.bytes;

/** Appends bits, most significant first, and the Exp-Golomb codes of ISO/IEC 14496-10, 9.1. */
public final class BitWriter {
  private final ByteWriter bytes = new ByteWriter(16);
  private int pending;
  private int pendingBits;

  /** The low {@code count} bits of {@code value}, 0 to 32. */
  public BitWriter bits(long value, int count) {
    if (count < 0 || count > 32) {
      throw new IllegalArgumentException("bits: " + count);
    }
    for (int i = count - 1; i >= 0; i--) {
      pending = pending << 1 | (int) (value >>> i & 1);
      if (++pendingBits == 8) {
        bytes.u8(pending);
        pending = 0;
        pendingBits = 0;
      }
    }
    return this;
  }

  public BitWriter flag(boolean value) {
    return bits(value ? 1 : 0, 1);
  }

  /** {@code ue(v)}: 0 to 2^32-2. */
  public BitWriter unsignedExpGolomb(long value) {
    int leadingZeros = 63 - Long.numberOfLeadingZeros(value + 1);
    return bits(0, leadingZeros).bits(1, 1).bits(value + 1 - (1L << leadingZeros), leadingZeros);
  }

  /** {@code se(v)}. */
  public BitWriter signedExpGolomb(long value) {
    return unsignedExpGolomb(value > 0 ? 2 * value - 1 : -2 * value);
  }

  /** What was written, the last byte filled with zero bits. */
  public byte[] toByteArray() {
    if (pendingBits > 0) {
      bits(0, 8 - pendingBits);
    }
    return bytes.toByteArray();
  }
}
