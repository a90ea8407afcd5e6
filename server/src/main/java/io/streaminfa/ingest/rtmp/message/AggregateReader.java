package io.streaminfa.ingest.rtmp.message;

import io.streaminfa.ingest.rtmp.chunk.RawMessage;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteReader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Takes an aggregate message apart, one message at a time: RTMP 1.0, 7.1.6. */
public final class AggregateReader {
  private static final int BACK_POINTER_BYTES = 4;

  private final RawMessage whole;
  private final ByteReader in;
  private long shiftMs = -1;

  public AggregateReader(Message.Aggregate aggregate) {
    this.whole = aggregate.whole();
    this.in = new ByteReader(whole.payload(), "rtmp_aggregate_truncated");
  }

  /**
   * The next message, sharing the aggregate's memory; null after the last.
   *
   * @throws MediaFormatException when a part is cut off, or is itself an aggregate
   */
  public @Nullable RawMessage next() throws MediaFormatException {
    if (!in.hasRemaining()) {
      return null;
    }
    int type = in.readU8();
    int length = in.readU24();
    long timestampMs = in.readU24() | (long) in.readU8() << 24;
    in.readU24();
    ByteBuffer payload = in.readSlice(length);
    // The last back pointer is missing in what some encoders send.
    in.skip(Math.min(BACK_POINTER_BYTES, in.remaining()));
    if (type == Message.Type.AGGREGATE) {
      throw new MediaFormatException.Malformed(
          "rtmp_aggregate_nested", "an aggregate message inside another");
    }
    if (shiftMs < 0) {
      // "the difference between the timestamps of the aggregate message and the first sub-message
      // is the offset used to renormalize the timestamps of the sub-messages"
      shiftMs = whole.timestampMs() - timestampMs & 0xffff_ffffL;
    }
    return new RawMessage(
        whole.chunkStreamId(),
        type,
        whole.messageStreamId(),
        timestampMs + shiftMs & 0xffff_ffffL,
        payload);
  }
}
