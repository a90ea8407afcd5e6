package io.streaminfa.transcode;

import io.streaminfa.media.Sample;
import java.util.List;

/**
 * Receives what the encoders make. Calls come from one thread in the order {@code renditions
 * encoded* (ended | failed)}, and each may block.
 */
public interface TranscodeOutput {
  /**
   * The source was decoded, the ladder planned and every encoder opened. Video times are on {@link
   * io.streaminfa.units.Timescale#VIDEO}, audio times on the sample rate; all tracks share the zero
   * of the input's timeline. For video, {@code dts} is shifted so that a sync sample's dts equals
   * its pts on a constant frame rate; composition offsets may be negative.
   *
   * @param source what the decoder saw, for the API
   */
  void renditions(SourceInfo source, List<Rendition> renditions) throws InterruptedException;

  /**
   * One encoded access unit of the rendition whose track has this sample's track id. Decoding times
   * rise within a track. Sync samples of all video renditions have equal presentation times.
   */
  void encoded(Sample sample) throws InterruptedException;

  /** All input was encoded and delivered. */
  void ended() throws InterruptedException;

  /** The worker is gone or gave up; nothing more will come from it. */
  void failed(TranscodeFailure failure) throws InterruptedException;
}
