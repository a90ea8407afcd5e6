package io.streaminfa.bench;

import io.streaminfa.transcode.LadderRung;
import io.streaminfa.transcode.TranscodeSettings;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.Resolution;
import java.time.Duration;
import java.util.List;

/** The three rungs that the product has by default. */
final class Ladder {
  /** Of no meaning for live streams. */
  private static final String FILE_PRESET = "medium";

  static final TranscodeSettings SETTINGS =
      new TranscodeSettings(
          Duration.ofSeconds(2),
          64,
          "veryfast",
          "libx264",
          List.of(
              rung("high", new Resolution(1920, 1080), 3500, 128, "high", "4.1"),
              rung("medium", new Resolution(1280, 720), 2000, 128, "main", "3.1"),
              rung("low", new Resolution(854, 480), 1000, 96, "main", "3.0")));

  private Ladder() {}

  private static LadderRung rung(
      String name, Resolution size, int kbps, int audioKbps, String profile, String level) {
    return new LadderRung(
        name, size, Bitrate.ofKbps(kbps), Bitrate.ofKbps(audioKbps), profile, level, FILE_PRESET);
  }
}
