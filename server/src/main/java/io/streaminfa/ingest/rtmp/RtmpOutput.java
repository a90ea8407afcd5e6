package io.streaminfa.ingest.rtmp;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.ingest.rtmp.chunk.ChunkWriter;
import io.streaminfa.ingest.rtmp.message.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/** Writes whole messages, one at a time, and knows how long the current one has been stuck. */
final class RtmpOutput {
  /** 5.3.1.1: "Chunk Stream ID 2 is reserved for low-level protocol control messages". */
  private static final int CONTROL_CHUNK_STREAM = 2;

  private static final int COMMAND_CHUNK_STREAM = 3;

  private static final long NOT_WRITING = Long.MIN_VALUE;

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final OutputStream out;

  @GuardedBy("lock")
  private final ChunkWriter chunks = new ChunkWriter();

  private volatile long writeBeganNanos = NOT_WRITING;

  RtmpOutput(OutputStream out) {
    this.out = out;
  }

  /** Sends a message of the connection itself. */
  void control(Message message) throws IOException {
    send(message, CONTROL_CHUNK_STREAM, 0);
  }

  /** Sends a command, on the connection (0) or on a message stream. */
  void command(Message.Command command, long messageStreamId) throws IOException {
    send(command, COMMAND_CHUNK_STREAM, messageStreamId);
  }

  /** Sends the new size in the old one, then uses it. */
  void setChunkSize(int bytes) throws IOException {
    lock.lock();
    try {
      control(new Message.SetChunkSize(bytes));
      chunks.setChunkSize(bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Sends bytes that are in no chunk: the handshake. */
  OutputStream unchunked() {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        writeTimed(ByteBuffer.wrap(bytes, offset, length));
      }
    };
  }

  /** Whether the current write has been going on for longer than that. Safe from any thread. */
  boolean isStuckFor(Duration time) {
    long began = writeBeganNanos;
    return began != NOT_WRITING && System.nanoTime() - began > time.toNanos();
  }

  private void send(Message message, int chunkStreamId, long messageStreamId) throws IOException {
    lock.lock();
    try {
      writeTimed(chunks.write(message.encode(chunkStreamId, messageStreamId)));
    } finally {
      lock.unlock();
    }
  }

  private void writeTimed(ByteBuffer bytes) throws IOException {
    lock.lock();
    try {
      writeBeganNanos = System.nanoTime();
      out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    } finally {
      writeBeganNanos = NOT_WRITING;
      lock.unlock();
    }
  }
}
