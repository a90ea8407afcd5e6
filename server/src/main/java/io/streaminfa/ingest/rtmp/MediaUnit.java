package io.streaminfa.ingest.rtmp;

import io.streaminfa.media.CodecConfig;
import java.nio.ByteBuffer;

/**
 * One sample on its way to a track, with the configuration that it needs.
 *
 * @param dtsMs decoding time on the {@link SourceTimeline}
 * @param compositionOffsetMs presentation minus decoding time
 * @param sync whether decoding can begin here
 */
record MediaUnit(
    CodecConfig config, long dtsMs, long compositionOffsetMs, boolean sync, ByteBuffer data) {
  boolean isVideo() {
    return config.isVideo();
  }

  int sizeBytes() {
    return data.remaining();
  }

  long ptsMs() {
    return dtsMs + compositionOffsetMs;
  }
}
