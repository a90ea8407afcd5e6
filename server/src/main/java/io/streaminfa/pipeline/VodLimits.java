package io.streaminfa.pipeline;

import io.streaminfa.transcode.ProbeLimits;
import io.streaminfa.transcode.TranscodeSettings;
import java.time.Duration;

/**
 * What work on files may take.
 *
 * @param probe what a file may be
 * @param segmentDuration of new jobs
 * @param slots chunks at once while nothing is live, at least 1
 */
public record VodLimits(
    ProbeLimits probe, TranscodeSettings transcode, Duration segmentDuration, int slots) {

  /**
   * As many chunks at once as keep the cores busy: each has one thread for every rung, of which the
   * largest takes more than half of the work, so that a chunk is work for some 1.7 cores.
   */
  public static int slotsFor(int cores, TranscodeSettings transcode) {
    int threadsOfAChunk = transcode.ladder().size();
    int byThreads = transcode.maxBlockingThreads() / threadsOfAChunk;
    return Math.max(1, Math.min(cores / 2 + 1, byThreads));
  }
}
