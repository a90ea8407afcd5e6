package io.streaminfa.ingest.rtmp.chunk;

import java.nio.ByteBuffer;

/**
 * One message as the chunk layer knows it: RTMP 1.0, 6.1.
 *
 * @param chunkStreamId 2 to 65,599; what it was or will be sent on
 * @param type 0 to 255
 * @param messageStreamId unsigned 32 bits; 0 is the connection itself
 * @param timestampMs unsigned 32 bits, wraps after 49.7 days
 * @param payload from position to limit, the message's own array
 */
public record RawMessage(
    int chunkStreamId, int type, long messageStreamId, long timestampMs, ByteBuffer payload) {}
