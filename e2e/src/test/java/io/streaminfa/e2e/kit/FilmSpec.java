package io.streaminfa.e2e.kit;

import java.util.List;

/**
 * What a source film shall be.
 *
 * @param width in pixels; odd sizes are encoded as 4:4:4, because 4:2:0 H.264 cannot carry them
 * @param rateNumerator frames per second, of a film with a constant rate
 * @param vfrPatternMs durations that repeat, in milliseconds; empty: constant frame rate
 * @param gopFrames distance of key frames
 */
public record FilmSpec(
    int width,
    int height,
    int rateNumerator,
    int rateDenominator,
    List<Integer> vfrPatternMs,
    int durationMs,
    Audio audio,
    int sampleRate,
    int channels,
    int bFrames,
    int gopFrames,
    int bitrateKbps) {

  /** The audio codec. */
  public enum Audio {
    AAC("aac"),
    MP3("libmp3lame"),
    NONE("");

    final String encoder;

    Audio(String encoder) {
      this.encoder = encoder;
    }
  }

  public FilmSpec {
    vfrPatternMs = List.copyOf(vfrPatternMs);
    if (width < 64 || height < 64 || durationMs <= 0 || rateNumerator <= 0) {
      throw new IllegalArgumentException("no film: " + width + "x" + height);
    }
  }

  /** 30 fps, AAC at 48 kHz in stereo, two B-frames, a key frame each second. */
  public static FilmSpec of(int width, int height, int durationMs) {
    int kbps = Math.max(600, width * height / 400);
    return new FilmSpec(
        width, height, 30, 1, List.of(), durationMs, Audio.AAC, 48_000, 2, 2, 30, kbps);
  }

  /** Another constant rate; the key frame distance stays about one second. */
  public FilmSpec rate(int numerator, int denominator) {
    int gop = Math.round((float) numerator / denominator);
    return new FilmSpec(
        width,
        height,
        numerator,
        denominator,
        List.of(),
        durationMs,
        audio,
        sampleRate,
        channels,
        bFrames,
        gop,
        bitrateKbps);
  }

  /** A variable rate: the frames' durations in milliseconds, repeated. */
  public FilmSpec variableRate(Integer... durationsMs) {
    return new FilmSpec(
        width,
        height,
        rateNumerator,
        rateDenominator,
        List.of(durationsMs),
        durationMs,
        audio,
        sampleRate,
        channels,
        bFrames,
        gopFrames,
        bitrateKbps);
  }

  public FilmSpec audio(Audio codec, int rateHz, int channelCount) {
    return new FilmSpec(
        width,
        height,
        rateNumerator,
        rateDenominator,
        vfrPatternMs,
        durationMs,
        codec,
        rateHz,
        channelCount,
        bFrames,
        gopFrames,
        bitrateKbps);
  }

  public FilmSpec bFrames(int count) {
    return new FilmSpec(
        width,
        height,
        rateNumerator,
        rateDenominator,
        vfrPatternMs,
        durationMs,
        audio,
        sampleRate,
        channels,
        count,
        gopFrames,
        bitrateKbps);
  }

  public FilmSpec gop(int frames) {
    return new FilmSpec(
        width,
        height,
        rateNumerator,
        rateDenominator,
        vfrPatternMs,
        durationMs,
        audio,
        sampleRate,
        channels,
        bFrames,
        frames,
        bitrateKbps);
  }

  /** When a frame is shown, in microseconds from the start. */
  public long ptsMicros(int frame) {
    if (vfrPatternMs.isEmpty()) {
      return Math.round(frame * 1e6 * rateDenominator / rateNumerator);
    }
    int size = vfrPatternMs.size();
    long cycleMs = vfrPatternMs.stream().mapToLong(Integer::longValue).sum();
    long ms = frame / size * cycleMs;
    for (int i = 0; i < frame % size; i++) {
      ms += vfrPatternMs.get(i);
    }
    return ms * 1000;
  }

  public int frames() {
    int count = 0;
    while (ptsMicros(count) < durationMs * 1000L) {
      count++;
    }
    return count;
  }

  /** The first frame of each flash: the first one shown at or after half past each second. */
  public List<Integer> flashFrames() {
    List<Integer> flashes = new java.util.ArrayList<>();
    long due = 500_000;
    for (int frame = 0; frame < frames(); frame++) {
      if (ptsMicros(frame) >= due) {
        flashes.add(frame);
        due += 1_000_000;
      }
    }
    return List.copyOf(flashes);
  }

  public boolean hasAudio() {
    return audio != Audio.NONE;
  }

  /** The film in a few words, for the names of tests. */
  @Override
  public String toString() {
    return fileName();
  }

  String fileName() {
    String rate =
        vfrPatternMs.isEmpty()
            ? rateNumerator + "-" + rateDenominator + "fps"
            : "vfr" + vfrPatternMs.stream().map(String::valueOf).reduce("", (a, b) -> a + "-" + b);
    return "%dx%d_%s_%dms_%s%d-%d_b%d_g%d_%dk"
        .formatted(
            width,
            height,
            rate,
            durationMs,
            audio,
            sampleRate,
            channels,
            bFrames,
            gopFrames,
            bitrateKbps);
  }
}
