package io.streaminfa.media.bytes;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Appends big-endian fields to a buffer that grows; earlier fields can be patched. */
public final class ByteWriter {
  private byte[] bytes;
  private int size;

  public ByteWriter(int initialCapacityBytes) {
    bytes = new byte[Math.max(16, initialCapacityBytes)];
  }

  public int size() {
    return size;
  }

  public ByteWriter u8(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
    return this;
  }

  public ByteWriter u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  public ByteWriter u24(int value) {
    return u8(value >>> 16).u8(value >>> 8).u8(value);
  }

  public ByteWriter u32(long value) {
    reserve(4);
    putInt(size, (int) value);
    size += 4;
    return this;
  }

  public ByteWriter u64(long value) {
    return u32(value >>> 32).u32(value);
  }

  public ByteWriter float64(double value) {
    return u64(Double.doubleToRawLongBits(value));
  }

  public ByteWriter raw(byte[] value) {
    return raw(ByteBuffer.wrap(value));
  }

  /** Appends from position to limit; the position does not move. */
  public ByteWriter raw(ByteBuffer value) {
    int length = value.remaining();
    reserve(length);
    value.get(value.position(), bytes, size, length);
    size += length;
    return this;
  }

  public ByteWriter ascii(String value) {
    return raw(value.getBytes(StandardCharsets.US_ASCII));
  }

  public ByteWriter zeros(int count) {
    reserve(count);
    Arrays.fill(bytes, size, size + count, (byte) 0);
    size += count;
    return this;
  }

  /** Overwrites four bytes written earlier. */
  public void patchU32(int offset, long value) {
    if (offset < 0 || offset + 4 > size) {
      throw new IndexOutOfBoundsException(offset);
    }
    putInt(offset, (int) value);
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** What was written, without a copy; not to be used after the next write. */
  public ByteBuffer toByteBuffer() {
    return ByteBuffer.wrap(bytes, 0, size);
  }

  private void putInt(int offset, int value) {
    bytes[offset] = (byte) (value >>> 24);
    bytes[offset + 1] = (byte) (value >>> 16);
    bytes[offset + 2] = (byte) (value >>> 8);
    bytes[offset + 3] = (byte) value;
  }

  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      bytes =
          Arrays.copyOf(
              bytes, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, bytes.length * 2L)));
    }
  }
}
