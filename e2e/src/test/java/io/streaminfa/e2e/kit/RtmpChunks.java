package io.streaminfa.e2e.kit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** The chunk layer of RTMP 1.0 (5.3), as librtmp writes it. */
final class RtmpChunks {
  private static final int EXTENDED = 0xffffff;
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  private RtmpChunks() {}

  /** A message of the server. */
  record Message(int type, ByteBuffer body) {}

  /** Writes messages; not for several threads. */
  static final class Writer {
    private final DataOutputStream out;
    private final Map<Integer, Long> lastTimestamps = new HashMap<>();
    private int chunkSize = 128;

    Writer(DataOutputStream out) {
      this.out = out;
    }

    void setChunkSize(int size) throws IOException {
      write(2, 1, 0, 0, ByteBuffer.allocate(4).putInt(size).flip(), true);
      chunkSize = size;
    }

    /**
     * Writes one message.
     *
     * @param timestampMs any value; what does not fit 32 bits is cut off, as encoders do
     * @param absolute a full header with the absolute time; else a delta where one is possible
     */
    void write(
        int chunkStream,
        int type,
        int messageStream,
        long timestampMs,
        ByteBuffer body,
        boolean absolute)
        throws IOException {
      long last = lastTimestamps.getOrDefault(chunkStream, Long.MAX_VALUE);
      boolean delta = !absolute && timestampMs >= last;
      long time = (delta ? timestampMs - last : timestampMs) & 0xffff_ffffL;
      lastTimestamps.put(chunkStream, timestampMs);
      boolean extended = time >= EXTENDED;
      out.writeByte((delta ? 0x40 : 0) | chunkStream);
      write24(extended ? EXTENDED : (int) time);
      write24(body.remaining());
      out.writeByte(type);
      if (!delta) {
        out.writeInt(Integer.reverseBytes(messageStream));
      }
      ByteBuffer rest = body.duplicate();
      byte[] chunk = new byte[chunkSize];
      for (boolean first = true; first || rest.hasRemaining(); first = false) {
        if (!first) {
          out.writeByte(0xc0 | chunkStream);
        }
        if (extended) {
          out.writeInt((int) time);
        }
        int length = Math.min(chunkSize, rest.remaining());
        rest.get(chunk, 0, length);
        out.write(chunk, 0, length);
      }
      out.flush();
    }

    private void write24(int value) throws IOException {
      out.writeByte(value >>> 16);
      out.writeShort(value);
    }
  }

  /** Reads messages; obeys the server's Set Chunk Size. */
  static final class Reader {
    private final DataInputStream in;
    private final Map<Integer, Incoming> streams = new HashMap<>();
    private int chunkSize = 128;

    Reader(DataInputStream in) {
      this.in = in;
    }

    private static final class Incoming {
      int type;
      int length;
      boolean extended;
      ByteArrayOutputStream body = new ByteArrayOutputStream();
    }

    Message read() throws IOException {
      while (true) {
        int header = in.readUnsignedByte();
        int id = header & 0x3f;
        if (id == 0) {
          id = 64 + in.readUnsignedByte();
        } else if (id == 1) {
          id = 64 + in.readUnsignedByte() + 256 * in.readUnsignedByte();
        }
        Incoming stream = streams.computeIfAbsent(id, _ -> new Incoming());
        readHeader(header >>> 6, stream);
        byte[] chunk = new byte[Math.min(chunkSize, stream.length - stream.body.size())];
        in.readFully(chunk);
        stream.body.write(chunk);
        if (stream.body.size() == stream.length) {
          Message message = new Message(stream.type, ByteBuffer.wrap(stream.body.toByteArray()));
          stream.body.reset();
          if (message.type() == 1) {
            chunkSize = message.body().getInt(0);
          }
          return message;
        }
      }
    }

    private void readHeader(int format, Incoming stream) throws IOException {
      if (format < 3) {
        stream.extended = read24() == EXTENDED;
      }
      if (format < 2) {
        stream.length = read24();
        stream.type = in.readUnsignedByte();
        if (stream.length > MAX_MESSAGE_BYTES) {
          throw new IOException("a message of " + stream.length + " bytes");
        }
      }
      if (format == 0) {
        in.readInt();
      }
      if (stream.extended) {
        in.readInt();
      }
    }

    private int read24() throws IOException {
      int high = in.readUnsignedByte();
      if (high < 0) {
        throw new EOFException();
      }
      return high << 16 | in.readUnsignedShort();
    }
  }
}
