package io.streaminfa.transcode.worker;

import java.util.Arrays;

/**
 * Lays decoded stereo audio on the input's timeline, gap for gap, and cuts it into blocks of one
 * AAC frame. Positions are in samples of the output rate from the timeline's zero.
 *
 * <p>Source timestamps are rounded and jitter; audio that is only a little off is joined without a
 * seam, and what the offset settles at is corrected by resampling, inaudibly. Audio that is off by
 * more, twice in a row, has lost or repeated something: silence fills the gap, an overlap is cut.
 */
final class AudioTimeline {
  /** Receives consecutive blocks; the arrays are reused. */
  @FunctionalInterface
  interface BlockReceiver {
    void block(long position, float[] left, float[] right)
        throws WorkerFailure, InterruptedException;
  }

  /** The samples of one AAC-LC frame (ISO/IEC 14496-3, 4.5.2.1.1). */
  static final int BLOCK_SAMPLES = 1024;

  private static final int HARD_MS = 17;
  private static final int UNDOUBTED_MS = 100;
  private static final int DRIFT_MS = 8;
  private static final int CORRECTION_SECONDS = 10;
  private static final int SMOOTHING_FRAMES = 64;

  private final int sampleRate;
  private final int maxSilenceSeconds;
  private final BlockReceiver receiver;
  private final float[] left = new float[BLOCK_SAMPLES];
  private final float[] right = new float[BLOCK_SAMPLES];
  private long blockPosition;
  private int filled;

  /** Whether the last sample was the source's own, so that the next may follow without a seam. */
  private boolean joined;

  private int suspicions;
  private double drift;
  private long correctAfter;

  /**
   * @param start where the first block begins; earlier audio is cut, later audio is led by silence
   * @param maxSilenceSeconds larger gaps are jumps of the source's clock: the timeline jumps as
   *     well
   */
  AudioTimeline(int sampleRate, long start, int maxSilenceSeconds, BlockReceiver receiver) {
    this.sampleRate = sampleRate;
    this.maxSilenceSeconds = maxSilenceSeconds;
    this.receiver = receiver;
    this.blockPosition = start;
    this.correctAfter = start;
  }

  /** Where the next sample goes. */
  long end() {
    return blockPosition + filled;
  }

  void append(long position, float[] newLeft, float[] newRight, int count)
      throws WorkerFailure, InterruptedException {
    long offset = position - end();
    int skipped = 0;
    if (isSeam(offset)) {
      if (offset > 0) {
        fillUntil(position);
      } else {
        skipped = (int) Math.min(-offset, count);
      }
      drift = 0;
    } else {
      drift += (offset - drift) / SMOOTHING_FRAMES;
    }
    // What follows audio that came too late is cut to the sample, too.
    joined = skipped < count;
    write(newLeft, newRight, skipped, count);
  }

  private boolean isSeam(long offset) {
    if (!joined) {
      return true;
    }
    long distance = Math.abs(offset);
    suspicions = distance > millis(HARD_MS) ? suspicions + 1 : 0;
    if (suspicions >= 2 || distance > millis(UNDOUBTED_MS)) {
      suspicions = 0;
      return true;
    }
    return false;
  }

  private long millis(int milliseconds) {
    return (long) sampleRate * milliseconds / 1000;
  }

  private void write(float[] newLeft, float[] newRight, int from, int to)
      throws WorkerFailure, InterruptedException {
    int next = from;
    while (next < to) {
      int part = Math.min(to - next, BLOCK_SAMPLES - filled);
      System.arraycopy(newLeft, next, left, filled, part);
      System.arraycopy(newRight, next, right, filled, part);
      next += part;
      advance(part);
    }
  }

  /** Silence up to this position; nothing when the timeline is there already. */
  void fillUntil(long position) throws WorkerFailure, InterruptedException {
    if (position - end() > (long) maxSilenceSeconds * sampleRate) {
      jumpTo(position);
      return;
    }
    while (end() < position) {
      joined = false;
      int part = (int) Math.min(position - end(), BLOCK_SAMPLES - filled);
      Arrays.fill(left, filled, filled + part, 0);
      Arrays.fill(right, filled, filled + part, 0);
      advance(part);
    }
  }

  private void jumpTo(long position) throws WorkerFailure, InterruptedException {
    finish();
    long blocks = (position - blockPosition) / BLOCK_SAMPLES;
    blockPosition += blocks * BLOCK_SAMPLES;
    fillUntil(position);
  }

  private void advance(int samples) throws WorkerFailure, InterruptedException {
    filled += samples;
    if (filled == BLOCK_SAMPLES) {
      receiver.block(blockPosition, left, right);
      blockPosition += BLOCK_SAMPLES;
      filled = 0;
    }
  }

  /** Fills the last block. */
  void finish() throws WorkerFailure, InterruptedException {
    if (filled > 0) {
      fillUntil(blockPosition + BLOCK_SAMPLES);
    }
  }

  /**
   * How many samples the resampler is to stretch (or, below zero, to shrink) the next {@link
   * #correctionSamples} by; 0 for none. What it says once it does not say again.
   */
  int takeCorrection() {
    if (Math.abs(drift) < millis(DRIFT_MS) || end() < correctAfter) {
      return 0;
    }
    int correction = (int) Math.round(drift);
    drift = 0;
    correctAfter = end() + correctionSamples() * 5 / 4;
    return correction;
  }

  /** Over how many samples a correction is spread. */
  long correctionSamples() {
    return (long) CORRECTION_SECONDS * sampleRate;
  }
}
