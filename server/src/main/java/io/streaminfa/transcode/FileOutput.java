package io.streaminfa.transcode;

import io.streaminfa.media.Sample;
import java.util.List;

/**
 * Receives what is made of a file, on the thread that asked for it: {@code renditions}, then {@code
 * encoded} and {@code reached}. Each may block; the worker then waits.
 */
public interface FileOutput {
  /** Every encoder is open. Equal requests, and all chunks of one plan, give equal renditions. */
  void renditions(List<Rendition> renditions) throws InterruptedException;

  /**
   * One access unit of the rendition whose track has this sample's track id, in decoding order
   * within the track. Times are as {@link TranscodeOutput#renditions} has them, with the timeline's
   * zero at the file's first picture: in a chunk the n-th sample is decoded at the n-th
   * presentation time, so that chunks join without a seam.
   */
  void encoded(Sample sample) throws InterruptedException;

  /** Told several times a second: all renditions are encoded up to here, on the 90 kHz clock. */
  void reached(long ticks) throws InterruptedException;
}
