package io.streaminfa.media.bytes;

import io.streaminfa.media.MediaFormatException;
import java.nio.ByteBuffer;

/**
 * Reads big-endian fields in order. Every read past the end is a {@link
 * MediaFormatException.Malformed} with the code this reader was given, so a parser needs no length
 * checks of its own.
 */
public final class ByteReader {
  private final ByteBuffer buffer;
  private final String truncationCode;

  /**
   * @param source is duplicated, its position does not move
   * @param truncationCode the defect code of a read past the end, such as {@code amf0_truncated}
   */
  public ByteReader(ByteBuffer source, String truncationCode) {
    this.buffer = source.duplicate();
    this.truncationCode = truncationCode;
  }

  public int remaining() {
    return buffer.remaining();
  }

  public boolean hasRemaining() {
    return buffer.hasRemaining();
  }

  /** The next byte without consuming it. */
  public int peekU8() throws MediaFormatException {
    need(1);
    return buffer.get(buffer.position()) & 0xff;
  }

  public int readU8() throws MediaFormatException {
    need(1);
    return buffer.get() & 0xff;
  }

  public int readU16() throws MediaFormatException {
    need(2);
    return buffer.getShort() & 0xffff;
  }

  public int readU24() throws MediaFormatException {
    need(3);
    return (buffer.getShort() & 0xffff) << 8 | (buffer.get() & 0xff);
  }

  /** A 24-bit two's complement number, as FLV's composition time. */
  public int readS24() throws MediaFormatException {
    return readU24() << 8 >> 8;
  }

  public long readU32() throws MediaFormatException {
    need(4);
    return buffer.getInt() & 0xffff_ffffL;
  }

  public int readS32() throws MediaFormatException {
    need(4);
    return buffer.getInt();
  }

  public long readS64() throws MediaFormatException {
    need(8);
    return buffer.getLong();
  }

  public double readDouble() throws MediaFormatException {
    need(8);
    return buffer.getDouble();
  }

  /** The next {@code length} bytes, copied. */
  public byte[] readBytes(int length) throws MediaFormatException {
    need(length);
    byte[] bytes = new byte[length];
    buffer.get(bytes);
    return bytes;
  }

  /** The next {@code length} bytes, sharing this reader's memory. */
  public ByteBuffer readSlice(int length) throws MediaFormatException {
    need(length);
    ByteBuffer slice = buffer.slice(buffer.position(), length);
    buffer.position(buffer.position() + length);
    return slice;
  }

  /** All that is left, sharing this reader's memory. */
  public ByteBuffer readRest() {
    ByteBuffer slice = buffer.slice();
    buffer.position(buffer.limit());
    return slice;
  }

  public void skip(int length) throws MediaFormatException {
    need(length);
    buffer.position(buffer.position() + length);
  }

  private void need(int length) throws MediaFormatException {
    if (length < 0 || length > buffer.remaining()) {
      throw new MediaFormatException.Malformed(
          truncationCode, "needs " + length + " more bytes, has " + buffer.remaining());
    }
  }
}
