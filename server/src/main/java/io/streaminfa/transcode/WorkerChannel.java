package io.streaminfa.transcode;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.ReadPace;
import io.streaminfa.media.bytes.ByteWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Frames {@link WorkerMessage}s on a connected socket. Any thread may send; one thread receives.
 */
public final class WorkerChannel implements AutoCloseable {
  private static final int RECEIVE_BUFFER_BYTES = 64 << 10;
  private static final int LENGTH_BYTES = 4;
  private static final int USUAL_FIELDS_BYTES = 64;

  private final SocketChannel socket;
  private final ReentrantLock sending = new ReentrantLock();
  private final ReadPace pace = new ReadPace();

  /** What was read from the socket and not yet consumed, between position and limit. */
  private final ByteBuffer received = ByteBuffer.allocateDirect(RECEIVE_BUFFER_BYTES).limit(0);

  /**
   * @param socket connected and blocking; this channel closes it
   */
  public WorkerChannel(SocketChannel socket) {
    this.socket = socket;
  }

  /** Blocks while the peer's socket buffer is full. Payloads are gathered, not copied. */
  public void send(WorkerMessage message) throws IOException {
    ByteWriter fields = new ByteWriter(USUAL_FIELDS_BYTES);
    writeFields(message, fields);
    send(fields.toByteBuffer(), message.payload());
  }

  /**
   * Appends a message with its payload, for several to be sent at once.
   *
   * @param out given to {@link #sendFramed} afterwards
   */
  public static void frame(WorkerMessage message, ByteWriter out) {
    writeFields(message, out);
    out.raw(message.payload());
  }

  /** Sends messages that {@link #frame} has written; blocks as {@link #send} does. */
  public void sendFramed(ByteBuffer messages) throws IOException {
    send(messages, ByteBuffer.allocate(0));
  }

  private static void writeFields(WorkerMessage message, ByteWriter out) {
    int start = out.size();
    out.u32(0);
    message.write(out);
    long length = (long) out.size() - start - LENGTH_BYTES + message.payload().remaining();
    if (length > WorkerMessage.MAX_MESSAGE_BYTES) {
      throw new IllegalArgumentException("message of " + length + " bytes");
    }
    out.patchU32(start, length);
  }

  private void send(ByteBuffer... parts) throws IOException {
    sending.lock();
    try {
      writeFully(parts);
    } finally {
      sending.unlock();
    }
  }

  @GuardedBy("sending")
  private void writeFully(ByteBuffer[] parts) throws IOException {
    while (parts[0].hasRemaining() || parts[1].hasRemaining()) {
      socket.write(parts);
    }
  }

  /** Reads the socket at most so often from now on. */
  void paceReads(Duration interval) {
    pace.set(interval);
  }

  /**
   * The next message; null when the peer closed, or died, between two messages or within one.
   *
   * @throws MediaFormatException when what came is no message; the channel is of no use then
   */
  public @Nullable WorkerMessage receive() throws IOException, MediaFormatException {
    if (!fill(LENGTH_BYTES)) {
      return null;
    }
    int length = received.getInt();
    if (length < 1 || length > WorkerMessage.MAX_MESSAGE_BYTES) {
      throw WorkerFields.malformed("message of " + length + " bytes");
    }
    ByteBuffer message = ByteBuffer.allocate(length);
    int buffered = Math.min(length, received.remaining());
    message.put(received.slice(received.position(), buffered));
    received.position(received.position() + buffered);
    while (message.hasRemaining()) {
      if (length <= received.capacity()) {
        int rest = message.remaining();
        if (!fill(rest)) {
          return null;
        }
        message.put(received.slice(received.position(), rest));
        received.position(received.position() + rest);
      } else if (read(message) < 0) {
        return null;
      }
    }
    return WorkerMessage.read(message.flip());
  }

  private boolean fill(int bytes) throws IOException {
    if (received.remaining() >= bytes) {
      return true;
    }
    received.compact();
    try {
      while (received.position() < bytes) {
        if (read(received) < 0) {
          return false;
        }
      }
    } finally {
      received.flip();
    }
    return true;
  }

  private int read(ByteBuffer target) throws IOException {
    pace.awaitDue();
    int count = socket.read(target);
    pace.hasRead(!target.hasRemaining());
    return count;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
