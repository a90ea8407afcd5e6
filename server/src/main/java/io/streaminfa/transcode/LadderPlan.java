package io.streaminfa.transcode;

import io.streaminfa.units.Bitrate;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import java.util.List;

/**
 * What will be encoded of one source.
 *
 * @param videos largest first, never empty
 * @param audios one per distinct bitrate, in the order of the videos; empty without audio
 * @param frameStep of so many source pictures one is encoded: 1, or a power of two where the source
 *     is faster than {@link LadderPlanner#MAX_FRAMES_PER_SECOND}
 */
public record LadderPlan(List<Video> videos, List<Audio> audios, int frameStep) {
  public LadderPlan {
    videos = List.copyOf(videos);
    audios = List.copyOf(audios);
  }

  /**
   * One video encoder.
   *
   * @param size even in both directions
   * @param maxrate what the VBV is refilled with
   * @param bufferBits the VBV's size
   * @param profile baseline, main or high
   * @param level such as {@code 4.1}
   * @param filePreset of the encoder for files; live has its own
   * @param audioName empty when the source has no audio
   */
  public record Video(
      String name,
      Resolution size,
      FrameRate frameRate,
      Bitrate bitrate,
      Bitrate maxrate,
      long bufferBits,
      String profile,
      String level,
      String filePreset,
      String audioName) {
    /** The most that any {@code seconds} of output can average: the VBV drained once. */
    public Bitrate peakOver(int seconds) {
      return new Bitrate(maxrate.bitsPerSecond() + bufferBits / seconds);
    }
  }

  /** One audio encoder. */
  public record Audio(String name, Bitrate bitrate, int sampleRate, int channels) {}
}
