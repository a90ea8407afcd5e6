package io.streaminfa.delivery;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bytes of one object, read-only, so that any number of responses send slices of them at once.
 * No response can release them: they go with the last reference.
 *
 * <p>What is on the heap is copied for each response, by the network's own buffers; so what is
 * asked for more than once is moved out of the heap. Fresh memory outside the heap costs more than
 * several such copies, and most segments of a stream with one viewer are asked for once.
 */
final class SharedBytes {
  /** Up to this it is moved at once. */
  private static final int SMALL_BYTES = 64 << 10;

  private static final int MOVING_ASK = 2;

  private final AtomicInteger asks = new AtomicInteger();
  private volatile ByteBuf bytes;

  private SharedBytes(ByteBuf bytes) {
    this.bytes = bytes;
  }

  /** A direct buffer is kept as it is. */
  static SharedBytes of(ByteBuffer data) {
    boolean isMovedNow = !data.isDirect() && data.remaining() <= SMALL_BYTES;
    return new SharedBytes(unreleasable(isMovedNow ? directCopy(data) : data.slice()));
  }

  private static ByteBuf unreleasable(ByteBuffer data) {
    return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(data.asReadOnlyBuffer()));
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
    ByteBuf now = bytes;
    if (!now.isDirect() && asks.incrementAndGet() == MOVING_ASK) {
      // Not here: this may be an event loop, and clearing megabytes takes milliseconds.
      Thread.ofVirtual().name("move-out").start(() -> bytes = moved(now));
    }
    return BufferInternal.buffer(now.slice(start, length));
  }

  private static ByteBuf moved(ByteBuf heap) {
    return unreleasable(directCopy(heap.nioBuffer()));
  }
}
