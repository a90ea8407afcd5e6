package io.streaminfa.ingest.rtmp.chunk;

import io.streaminfa.media.MediaFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts messages together from interleaved chunks: RTMP 1.0, 5.3.
 *
 * <p>Memory is bounded by what has arrived, not by what a header claims: an array grows with its
 * bytes, the partial messages of all chunk streams share one limit, and there are at most {@value
 * #MAX_CHUNK_STREAMS} chunk streams.
 */
public final class ChunkReader {
  /** RTMP 1.0, 5.4.1: "the maximum chunk size defaults to 128 bytes". */
  public static final int DEFAULT_CHUNK_SIZE = 128;

  private static final int MAX_CHUNK_STREAMS = 64;
  private static final int FIRST_ALLOCATION_BYTES = 4096;
  private static final long EXTENDED = 0xff_ffff;
  private static final long TIMESTAMP_MASK = 0xffff_ffffL;

  private static final byte[] EMPTY = new byte[0];

  /** What one chunk stream remembers between chunks. */
  private static final class State {
    long timestampMs;
    long deltaMs;
    int lengthBytes;
    int type;
    long messageStreamId;

    /** The extended field of the last header that had one; -1 when that header had none. */
    long extendedField = -1;

    byte[] partial = EMPTY;
    int received;
    boolean inMessage;
  }

  private final ChunkInput in;
  private final Map<Integer, State> states = new HashMap<>();
  private int chunkSizeBytes = DEFAULT_CHUNK_SIZE;
  private int maxMessageBytes;
  private long partialBytes;

  public ChunkReader(ChunkInput in, int maxMessageBytes) {
    this.in = in;
    this.maxMessageBytes = maxMessageBytes;
  }

  /** Takes effect with the next chunk, in the middle of a message too. */
  public void setChunkSize(int bytes) {
    chunkSizeBytes = bytes;
  }

  /** Limits a message, and all unfinished messages together. */
  public void setMaxMessageBytes(int bytes) {
    maxMessageBytes = bytes;
  }

  /** RTMP 1.0, 5.4.2: discards the partly received message of a chunk stream. */
  public void abort(int chunkStreamId) {
    State state = states.get(chunkStreamId);
    if (state != null && state.inMessage) {
      drop(state);
    }
  }

  /**
   * Reads chunks until a message is complete.
   *
   * @return null when the connection ended between two chunks
   * @throws java.io.EOFException when it ended inside one
   * @throws MediaFormatException with a code that begins with {@code rtmp_chunk} or {@code
   *     rtmp_message}
   */
  public @Nullable RawMessage read() throws IOException, MediaFormatException {
    while (!in.atEnd()) {
      RawMessage message = readChunk();
      if (message != null) {
        return message;
      }
    }
    return null;
  }

  private @Nullable RawMessage readChunk() throws IOException, MediaFormatException {
    int first = in.readU8();
    int format = first >> 6;
    int chunkStreamId = readChunkStreamId(first & 0x3f);
    State state = state(chunkStreamId, format);
    if (format == 3) {
      if (state.extendedField >= 0) {
        // 5.3.1.3 wants the field on format 3 too, but some encoders leave it out: it is only taken
        // when it repeats the last one, or, as others write it, the message's absolute time.
        in.skipU32IfEither(state.extendedField, absoluteOf(state));
      }
    } else if (state.inMessage) {
      throw new MediaFormatException.Malformed(
          "rtmp_chunk_header_inside_message",
          "chunk stream " + chunkStreamId + " starts a message inside another");
    } else {
      readHeader(state, format);
    }
    if (!state.inMessage) {
      begin(state, format);
    }
    readPayload(state);
    return state.received == state.lengthBytes ? finish(chunkStreamId, state) : null;
  }

  /** 5.3.1.1: ids of one, two and three bytes. */
  private int readChunkStreamId(int low) throws IOException {
    return switch (low) {
      case 0 -> 64 + in.readU8();
      case 1 -> 64 + in.readU8() + (in.readU8() << 8);
      default -> low;
    };
  }

  private State state(int chunkStreamId, int format) throws MediaFormatException {
    State known = states.get(chunkStreamId);
    if (known != null) {
      return known;
    }
    // librtmp sends its ping with format 1 on a chunk stream that it never used, so a length and a
    // type are enough to begin with.
    if (format >= 2) {
      throw new MediaFormatException.Malformed(
          "rtmp_chunk_header_without_predecessor",
          "chunk stream " + chunkStreamId + " begins with format " + format);
    }
    if (states.size() == MAX_CHUNK_STREAMS) {
      throw new MediaFormatException.Malformed(
          "rtmp_chunk_too_many_streams", "more than " + MAX_CHUNK_STREAMS + " chunk streams");
    }
    State fresh = new State();
    states.put(chunkStreamId, fresh);
    return fresh;
  }

  private void readHeader(State state, int format) throws IOException {
    long field = in.readU24();
    if (format <= 1) {
      state.lengthBytes = in.readU24();
      state.type = in.readU8();
    }
    if (format == 0) {
      state.messageStreamId = in.readU32LittleEndian();
    }
    state.extendedField = -1;
    if (field == EXTENDED) {
      field = in.readU32();
      state.extendedField = field;
    }
    state.deltaMs = field;
  }

  /**
   * 5.3.1.2.4: "If a Type 3 chunk follows a Type 0 chunk, then the timestamp delta for this Type 3
   * chunk is the same as the timestamp of the Type 0 chunk."
   */
  private void begin(State state, int format) throws MediaFormatException {
    if (state.lengthBytes > maxMessageBytes) {
      throw new MediaFormatException.Malformed(
          "rtmp_message_too_large",
          "a message of " + state.lengthBytes + " bytes; the limit is " + maxMessageBytes);
    }
    state.timestampMs =
        format == 0 ? state.deltaMs : state.timestampMs + state.deltaMs & TIMESTAMP_MASK;
    state.partial = new byte[Math.min(state.lengthBytes, FIRST_ALLOCATION_BYTES)];
    state.received = 0;
    state.inMessage = true;
  }

  private static long absoluteOf(State state) {
    return state.inMessage ? state.timestampMs : state.timestampMs + state.deltaMs & TIMESTAMP_MASK;
  }

  private void readPayload(State state) throws IOException, MediaFormatException {
    int count = Math.min(chunkSizeBytes, state.lengthBytes - state.received);
    if (partialBytes + count > maxMessageBytes) {
      throw new MediaFormatException.Malformed(
          "rtmp_message_too_large",
          "unfinished messages of more than " + maxMessageBytes + " bytes together");
    }
    int end = state.received + count;
    while (state.received < end) {
      if (state.received == state.partial.length) {
        long doubled = Math.min(state.lengthBytes, state.partial.length * 2L);
        state.partial = Arrays.copyOf(state.partial, (int) doubled);
      }
      int now = Math.min(end, state.partial.length) - state.received;
      in.readFully(state.partial, state.received, now);
      state.received += now;
      partialBytes += now;
    }
  }

  private RawMessage finish(int chunkStreamId, State state) {
    RawMessage message =
        new RawMessage(
            chunkStreamId,
            state.type,
            state.messageStreamId,
            state.timestampMs,
            ByteBuffer.wrap(state.partial));
    drop(state);
    return message;
  }

  private void drop(State state) {
    partialBytes -= state.received;
    state.partial = EMPTY;
    state.received = 0;
    state.inMessage = false;
  }
}
