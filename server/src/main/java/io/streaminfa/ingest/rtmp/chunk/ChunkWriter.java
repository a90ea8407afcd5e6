package io.streaminfa.ingest.rtmp.chunk;

import io.streaminfa.media.bytes.ByteWriter;
import java.nio.ByteBuffer;

/**
 * Cuts messages into chunks: RTMP 1.0, 5.3. Each message begins with a full header (format 0): a
 * server of publishers writes so little that shorter headers would save nothing.
 */
public final class ChunkWriter {
  private static final int EXTENDED = 0xff_ffff;
  private static final int HEADER_BYTES = 18;
  private static final int MAX_ID_IN_TWO_BYTES = 64 + 0xff;

  private int chunkSizeBytes = ChunkReader.DEFAULT_CHUNK_SIZE;

  /** Takes effect with the next message. */
  public void setChunkSize(int bytes) {
    chunkSizeBytes = bytes;
  }

  /** All chunks of one message. */
  public ByteBuffer write(RawMessage message) {
    ByteBuffer payload = message.payload().duplicate();
    int chunks = Math.max(1, Math.ceilDiv(payload.remaining(), chunkSizeBytes));
    ByteWriter out = new ByteWriter(payload.remaining() + chunks * HEADER_BYTES);
    boolean extended = message.timestampMs() >= EXTENDED;
    writeBasicHeader(out, 0, message.chunkStreamId());
    out.u24(extended ? EXTENDED : (int) message.timestampMs())
        .u24(payload.remaining())
        .u8(message.type())
        .u32(Integer.reverseBytes((int) message.messageStreamId()));
    for (int i = 0; i < chunks; i++) {
      if (i > 0) {
        writeBasicHeader(out, 3, message.chunkStreamId());
      }
      if (extended) {
        out.u32(message.timestampMs());
      }
      int length = Math.min(chunkSizeBytes, payload.remaining());
      out.raw(payload.slice(payload.position(), length));
      payload.position(payload.position() + length);
    }
    return out.toByteBuffer();
  }

  private static void writeBasicHeader(ByteWriter out, int format, int chunkStreamId) {
    int high = format << 6;
    if (chunkStreamId < 64) {
      out.u8(high | chunkStreamId);
    } else if (chunkStreamId <= MAX_ID_IN_TWO_BYTES) {
      out.u8(high).u8(chunkStreamId - 64);
    } else {
      // 5.3.1.1: the third byte times 256, plus the second, plus 64.
      out.u8(high | 1).u8(chunkStreamId - 64).u8(chunkStreamId - 64 >> 8);
    }
  }
}
