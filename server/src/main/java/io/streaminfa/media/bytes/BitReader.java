package io.streaminfa.media.bytes;

import io.streaminfa.media.MediaFormatException;
import java.nio.ByteBuffer;

/** Reads bits, most significant first, and the Exp-Golomb codes of ISO/IEC 14496-10, 9.1. */
public final class BitReader {
  private final ByteBuffer buffer;
  private final String truncationCode;
  private long bitPosition;

  /**
   * @param source is duplicated, its position does not move
   * @param truncationCode the defect code of a read past the end
   */
  public BitReader(ByteBuffer source, String truncationCode) {
    this.buffer = source.slice();
    this.truncationCode = truncationCode;
  }

  public long remainingBits() {
    return buffer.limit() * 8L - bitPosition;
  }

  public boolean readFlag() throws MediaFormatException {
    return readBits(1) == 1;
  }

  /** An unsigned number of {@code count} bits, 0 to 32. */
  public long readBits(int count) throws MediaFormatException {
    if (count < 0 || count > 32) {
      throw new IllegalArgumentException("bits: " + count);
    }
    if (count > remainingBits()) {
      throw new MediaFormatException.Malformed(
          truncationCode, "needs " + count + " more bits, has " + remainingBits());
    }
    long value = 0;
    for (int i = 0; i < count; i++) {
      int octet = buffer.get((int) (bitPosition >> 3));
      value = value << 1 | (octet >> (7 - (bitPosition & 7)) & 1);
      bitPosition++;
    }
    return value;
  }

  public void skipBits(long count) throws MediaFormatException {
    if (count < 0 || count > remainingBits()) {
      throw new MediaFormatException.Malformed(
          truncationCode, "needs " + count + " more bits, has " + remainingBits());
    }
    bitPosition += count;
  }

  /** {@code ue(v)}: 0 to 2^32-2. */
  public long readUnsignedExpGolomb() throws MediaFormatException {
    int leadingZeros = 0;
    while (!readFlag()) {
      if (++leadingZeros > 32) {
        throw new MediaFormatException.Malformed(truncationCode, "Exp-Golomb code is too long");
      }
    }
    return leadingZeros == 0 ? 0 : (1L << leadingZeros) - 1 + readBits(leadingZeros);
  }

  /** {@code se(v)}. */
  public long readSignedExpGolomb() throws MediaFormatException {
    long code = readUnsignedExpGolomb();
    return (code & 1) == 1 ? (code + 1) / 2 : -(code / 2);
  }
}
