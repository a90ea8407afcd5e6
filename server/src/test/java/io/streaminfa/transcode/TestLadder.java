package io.streaminfa.transcode;

import io.streaminfa.units.Bitrate;
import io.streaminfa.units.Resolution;
import java.time.Duration;
import java.util.List;

/** The contract's ladder. */
final class TestLadder {
  static final List<LadderRung> RUNGS =
      List.of(
          rung("high", 1920, 1080, 3500, 128, "high", "4.1", "medium"),
          rung("medium", 1280, 720, 2000, 128, "main", "3.1", "medium"),
          rung("low", 854, 480, 1000, 96, "main", "3.0", "fast"));

  static final TranscodeSettings SETTINGS =
      new TranscodeSettings(Duration.ofSeconds(2), 64, "ultrafast", "libx264", RUNGS);

  private TestLadder() {}

  private static LadderRung rung(
      String name,
      int width,
      int height,
      int kbps,
      int audioKbps,
      String profile,
      String level,
      String preset) {
    return new LadderRung(
        name,
        new Resolution(width, height),
        Bitrate.ofKbps(kbps),
        Bitrate.ofKbps(audioKbps),
        profile,
        level,
        preset);
  }
}
