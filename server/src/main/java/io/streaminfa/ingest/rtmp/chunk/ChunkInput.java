package io.streaminfa.ingest.rtmp.chunk;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Blocking reads of big-endian fields and blocks from a connection, through one buffer. */
public final class ChunkInput {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final InputStream source;
  private final byte[] memory;
  private final ByteBuffer buffer;

  public ChunkInput(InputStream source) {
    this.source = source;
    this.memory = new byte[BUFFER_BYTES];
    this.buffer = ByteBuffer.wrap(memory).limit(0);
  }

  /** Whether a read would be answered from the buffer. */
  public boolean hasBuffered() {
    return buffer.hasRemaining();
  }

  /** Whether the stream is at its end; blocks until that is known. */
  public boolean atEnd() throws IOException {
    return !buffer.hasRemaining() && !fill();
  }

  public int readU8() throws IOException {
    need();
    return buffer.get() & 0xff;
  }

  public int readU24() throws IOException {
    return readU8() << 16 | readU8() << 8 | readU8();
  }

  public long readU32() throws IOException {
    return (long) readU8() << 24 | readU24();
  }

  /** The message stream id is RTMP's only little-endian field. */
  public long readU32LittleEndian() throws IOException {
    return Integer.toUnsignedLong(Integer.reverseBytes((int) readU32()));
  }

  /** Fills a part of an array. */
  public void readFully(byte[] target, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int wanted = length - done;
      if (!buffer.hasRemaining() && wanted >= BUFFER_BYTES) {
        int count = source.read(target, offset + done, wanted);
        if (count < 0) {
          throw new EOFException();
        }
        done += count;
      } else {
        need();
        int count = Math.min(wanted, buffer.remaining());
        buffer.get(target, offset + done, count);
        done += count;
      }
    }
  }

  /**
   * Consumes the next four bytes only if they are one of two numbers. It looks at one byte at a
   * time, so that it never waits for a byte that a peer without this field will not send.
   *
   * @return whether they were consumed
   */
  boolean skipU32IfEither(long first, long second) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(4).putInt(0, (int) first);
    ByteBuffer other = ByteBuffer.allocate(4).putInt(0, (int) second);
    boolean canBeOne = true;
    boolean canBeOther = true;
    for (int i = 0; i < 4; i++) {
      if (buffer.remaining() <= i && !fetchMore()) {
        return false;
      }
      byte next = buffer.get(buffer.position() + i);
      canBeOne &= next == one.get(i);
      canBeOther &= next == other.get(i);
      if (!canBeOne && !canBeOther) {
        return false;
      }
    }
    buffer.position(buffer.position() + 4);
    return true;
  }

  private void need() throws IOException {
    if (!buffer.hasRemaining() && !fill()) {
      throw new EOFException();
    }
  }

  private boolean fill() throws IOException {
    buffer.clear().limit(0);
    return fetchMore();
  }

  /** Appends to what is buffered. */
  private boolean fetchMore() throws IOException {
    buffer.compact();
    int count;
    try {
      count = source.read(memory, buffer.position(), buffer.remaining());
      buffer.position(buffer.position() + Math.max(0, count));
    } finally {
      buffer.flip();
    }
    return count > 0;
  }
}
