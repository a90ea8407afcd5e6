package io.streaminfa.media;

import java.nio.ByteBuffer;

/**
 * One access unit. H.264 is length-prefixed as its decoder configuration record says; AAC is one
 * raw frame.
 *
 * @param trackId the track it belongs to
 * @param dtsTicks decoding time in the track's timescale; any sign, never wraps
 * @param ptsTicks presentation time in the track's timescale
 * @param sync whether decoding can begin here
 * @param data from position to limit; never modified, and who reads it duplicates it first
 */
public record Sample(int trackId, long dtsTicks, long ptsTicks, boolean sync, ByteBuffer data) {
  public long compositionOffsetTicks() {
    return ptsTicks - dtsTicks;
  }

  public int sizeBytes() {
    return data.remaining();
  }
}
