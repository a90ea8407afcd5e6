package io.streaminfa.config;

import io.streaminfa.config.EffectiveSettings.PlacedRung;
import java.util.List;

/** Refuses values that are right on their own and impossible together. */
final class CrossChecks {
  private final EffectiveSettings settings;
  private final List<String> problems;

  CrossChecks(EffectiveSettings settings, List<String> problems) {
    this.settings = settings;
    this.problems = problems;
  }

  void run() {
    checkPorts();
    checkSegmentDuration();
    checkCredentials();
    checkPresets();
    checkLadder();
  }

  private void checkPorts() {
    long rtmpPort = settings.get(Settings.RTMP_PORT);
    if (rtmpPort != 0 && rtmpPort == settings.get(Settings.CONTROL_PORT)) {
      problem(Settings.RTMP_PORT, "must not be that of server.control_port, which is " + rtmpPort);
    }
  }

  private void checkSegmentDuration() {
    long duration = settings.get(Settings.SEGMENT_DURATION);
    long interval = settings.get(Settings.KEYFRAME_INTERVAL);
    // Segments begin with a key frame, and key frames stand on the grid only.
    if (duration % interval != 0) {
      problem(
          Settings.SEGMENT_DURATION,
          "must be a multiple of transcode.keyframe_interval_secs, which is "
              + interval
              + ", not "
              + duration);
    }
  }

  private void checkCredentials() {
    boolean hasId = !settings.get(Settings.ACCESS_KEY_ID).isEmpty();
    boolean hasSecret = !settings.get(Settings.SECRET_ACCESS_KEY).isEmpty();
    if (hasId && !hasSecret) {
      problem(Settings.ACCESS_KEY_ID, "needs storage.secret_access_key");
    }
    if (hasSecret && !hasId) {
      problem(Settings.SECRET_ACCESS_KEY, "needs storage.access_key_id");
    }
  }

  private void checkPresets() {
    // Other encoders have presets of their own, which only the encoder knows.
    if (!settings.get(Settings.ENCODER).equals("libx264")) {
      return;
    }
    TextRule x264 = new TextRule.OneOf(Settings.X264_PRESETS);
    try {
      x264.check(settings.get(Settings.LIVE_PRESET));
    } catch (InvalidValue e) {
      problem(Settings.LIVE_PRESET, e.reason());
    }
    for (PlacedRung placed : settings.ladder()) {
      try {
        x264.check(placed.rung().preset());
      } catch (InvalidValue e) {
        problem(placed, "preset " + e.reason());
      }
    }
  }

  private void checkLadder() {
    List<PlacedRung> ladder = settings.ladder();
    for (int i = 1; i < ladder.size(); i++) {
      PlacedRung rung = ladder.get(i);
      if (pixels(rung) > pixels(ladder.get(i - 1))) {
        problem(rung, "is larger than the one before; a ladder goes from the largest down");
      }
      if (ladder.subList(0, i).stream().anyMatch(r -> hasNameOf(rung, r))) {
        problem(rung, "has the name of another");
      }
    }
  }

  private static boolean hasNameOf(PlacedRung a, PlacedRung b) {
    return a.rung().name().equals(b.rung().name());
  }

  private static long pixels(PlacedRung placed) {
    return (long) placed.rung().size().width() * placed.rung().size().height();
  }

  private void problem(Setting<?> setting, String message) {
    problems.add(settings.origin(setting).place() + ": " + setting.name() + " " + message);
  }

  private void problem(PlacedRung placed, String message) {
    problems.add(placed.origin().place() + ": rung " + placed.rung().name() + " " + message);
  }
}
