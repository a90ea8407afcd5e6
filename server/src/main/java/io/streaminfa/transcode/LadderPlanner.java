package io.streaminfa.transcode;

import io.streaminfa.units.Bitrate;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decides what a source is encoded to. Pure: the same source always gives the same plan. */
public final class LadderPlanner {
  /** A faster source is halved until it is not. */
  public static final int MAX_FRAMES_PER_SECOND = 60;

  private static final int MAXRATE_PERCENT = 120;
  private static final int OUTPUT_CHANNELS = 2;

  private final List<LadderRung> ladder;

  /**
   * @param ladder largest rung first, at least one
   */
  public LadderPlanner(List<LadderRung> ladder) {
    if (ladder.isEmpty()) {
      throw new IllegalArgumentException("the ladder has no rungs");
    }
    this.ladder = List.copyOf(ladder);
  }

  public LadderPlan plan(SourceInfo source) {
    int frameStep = 1;
    FrameRate rate = source.frameRate();
    while (rate.perSecond() > MAX_FRAMES_PER_SECOND) {
      rate = rate.halved();
      frameStep *= 2;
    }
    boolean hasAudio = !source.audioCodec().isEmpty();
    List<LadderPlan.Video> videos = new ArrayList<>();
    Map<String, LadderPlan.Audio> audios = new LinkedHashMap<>();
    for (LadderRung rung : rungsWithin(source.displaySize())) {
      LadderPlan.Audio audio = audio(rung.audioBitrate(), source.audioSampleRate());
      videos.add(
          video(rung, outputSize(source.displaySize(), rung), rate, hasAudio ? audio.name() : ""));
      if (hasAudio) {
        audios.putIfAbsent(audio.name(), audio);
      }
    }
    return new LadderPlan(videos, List.copyOf(audios.values()), frameStep);
  }

  private List<LadderRung> rungsWithin(Resolution source) {
    List<LadderRung> kept = ladder.stream().filter(rung -> fills(source, rung)).toList();
    return kept.isEmpty() ? List.of(ladder.getLast()) : kept;
  }

  /** Whether the source, fitted into the rung's box, need not grow. */
  private static boolean fills(Resolution source, LadderRung rung) {
    Resolution box = boxFor(source, rung);
    return source.width() >= box.width() || source.height() >= box.height();
  }

  private static Resolution outputSize(Resolution source, LadderRung rung) {
    if (!fills(source, rung)) {
      return new Resolution(evenAtMost(source.width()), evenAtMost(source.height()));
    }
    Resolution fitted = source.fittedInto(boxFor(source, rung));
    return new Resolution(
        Math.min(fitted.width(), evenAtMost(source.width())),
        Math.min(fitted.height(), evenAtMost(source.height())));
  }

  /** The contract: a portrait source fits its long side to the rung's width. */
  private static Resolution boxFor(Resolution source, LadderRung rung) {
    Resolution box = rung.size();
    return source.isPortrait() == box.isPortrait() ? box : box.turned();
  }

  private static int evenAtMost(int pixels) {
    return Math.max(2, pixels & ~1);
  }

  private static LadderPlan.Video video(
      LadderRung rung, Resolution size, FrameRate rate, String audioName) {
    Bitrate bitrate = rung.videoBitrate();
    Bitrate maxrate = new Bitrate(bitrate.bitsPerSecond() * MAXRATE_PERCENT / 100);
    H264Level level = H264Level.parse(rung.level()).raisedFor(size, rate, maxrate);
    long oneSecondBits = bitrate.bitsPerSecond();
    return new LadderPlan.Video(
        rung.name(),
        size,
        rate,
        bitrate,
        maxrate,
        oneSecondBits,
        rung.profile(),
        level.number(),
        rung.preset(),
        audioName);
  }

  private static LadderPlan.Audio audio(Bitrate bitrate, int sourceRate) {
    int rate = sourceRate == 44_100 ? 44_100 : 48_000;
    String name = "audio_" + bitrate.bitsPerSecond() / 1000 + "k";
    return new LadderPlan.Audio(name, bitrate, rate, OUTPUT_CHANNELS);
  }
}
