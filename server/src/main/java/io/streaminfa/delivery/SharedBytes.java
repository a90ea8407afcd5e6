package io.streaminfa.delivery;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;

/**
 * The bytes of one object, outside the heap and read-only, so that any number of responses send
 * slices of them at once without a copy. No response can release them: they go with the last
 * reference.
 */
final class SharedBytes {
  private final ByteBuf bytes;

  private SharedBytes(ByteBuf bytes) {
    this.bytes = bytes;
  }

  /** A direct buffer is kept as it is, any other copied once. */
  static SharedBytes of(ByteBuffer data) {
    ByteBuffer direct = data.isDirect() ? data.slice() : directCopy(data);
    return new SharedBytes(
        Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(direct.asReadOnlyBuffer())));
  }

  private static ByteBuffer directCopy(ByteBuffer data) {
    ByteBuffer copy = allocate(data.remaining());
    return copy.put(0, data, data.position(), data.remaining());
  }

  /** Where direct memory is at its limit, the heap serves as well, at the cost of a copy a send. */
  private static ByteBuffer allocate(int size) {
    try {
      return ByteBuffer.allocateDirect(size);
    } catch (OutOfMemoryError e) {
      return ByteBuffer.allocate(size);
    }
  }

  int length() {
    return bytes.readableBytes();
  }

  Buffer whole() {
    return slice(0, length());
  }

  Buffer slice(int start, int length) {
    return BufferInternal.buffer(bytes.slice(start, length));
  }
}
