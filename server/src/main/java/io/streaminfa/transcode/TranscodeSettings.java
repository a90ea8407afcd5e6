package io.streaminfa.transcode;

import java.time.Duration;
import java.util.List;

/** The {@code [transcode]} section. The ladder is in the order of the file, largest first. */
public record TranscodeSettings(
    Duration keyframeInterval,
    int maxBlockingThreads,
    String livePreset,
    String encoder,
    List<LadderRung> ladder) {
  public TranscodeSettings {
    ladder = List.copyOf(ladder);
  }
}
