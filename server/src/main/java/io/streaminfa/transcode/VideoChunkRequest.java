package io.streaminfa.transcode;

import java.nio.file.Path;

/**
 * A part of a file's video, in all renditions of the plan.
 *
 * @param startTicks on the 90 kHz clock from the first picture on; a multiple of the plan's key
 *     frame interval, so that key frames of all chunks lie on one grid
 * @param endTicks the first time that is not part of it: such a multiple again, or {@link
 *     Long#MAX_VALUE} for the last chunk
 * @param encoderThreads of all video encoders together: each has one, the largest rendition's has
 *     what is left. Up to the number of renditions the same request gives the same bytes every
 *     time; with more it does not, because each thread of x264 takes from the rate control's buffer
 *     what the others have used by then
 */
public record VideoChunkRequest(
    Path file, VodPlan plan, long startTicks, long endTicks, int encoderThreads) {
  public VideoChunkRequest {
    if (startTicks < 0 || endTicks <= startTicks) {
      throw new IllegalArgumentException("a chunk from " + startTicks + " to " + endTicks);
    }
    if (encoderThreads < 1) {
      throw new IllegalArgumentException("encoder threads: " + encoderThreads);
    }
  }
}
