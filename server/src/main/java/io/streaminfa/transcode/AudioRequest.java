package io.streaminfa.transcode;

import java.nio.file.Path;

/**
 * A file's whole audio, in all audio renditions of the plan.
 *
 * @param endTicks where the video ends, on the 90 kHz clock from the first picture on: audio is cut
 *     there, or filled with silence up to there
 */
public record AudioRequest(Path file, VodPlan plan, long endTicks) {
  public AudioRequest {
    if (plan.ladder().audios().isEmpty()) {
      throw new IllegalArgumentException("the plan has no audio");
    }
    if (endTicks < 1) {
      throw new IllegalArgumentException("audio up to " + endTicks);
    }
  }
}
