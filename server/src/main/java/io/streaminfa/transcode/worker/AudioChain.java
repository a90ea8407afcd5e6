package io.streaminfa.transcode.worker;

import io.streaminfa.units.Timescale;
import java.util.ArrayDeque;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/** From decoded audio to the AAC encoders. Holds what comes before the encoders are there. */
final class AudioChain implements AutoCloseable {
  /** About ten seconds: more audio than that ahead of the first picture is of no use. */
  private static final int MAX_HELD_FRAMES = 470;

  private record Held(Frame frame, long ticks, Timescale timescale) {}

  private final int maxSilenceSeconds;
  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private List<AudioRung> rungs = List.of();
  private @Nullable AudioTimeline timeline;
  private @Nullable Resampler resampler;
  private int outputRate;
  private int firstSampleRate;
  private int firstChannels;

  /**
   * @param maxSilenceSeconds as {@link AudioTimeline} has it
   */
  AudioChain(int maxSilenceSeconds) {
    this.maxSilenceSeconds = maxSilenceSeconds;
  }

  /** 0 before the first frame. */
  int firstSampleRate() {
    return firstSampleRate;
  }

  int firstChannels() {
    return firstChannels;
  }

  /** Where the first block of a stream begins whose video begins at this time. */
  static long firstPosition(long videoTicks, int sampleRate) {
    return Timescale.VIDEO.convert(videoTicks, new Timescale(sampleRate));
  }

  /**
   * Takes ownership of the encoders, and encodes what was held.
   *
   * @param firstPosition of the first block that is delivered
   */
  void begin(List<AudioRung> opened, int sampleRate, long firstPosition)
      throws WorkerFailure, InterruptedException {
    rungs = List.copyOf(opened);
    outputRate = sampleRate;
    // One block earlier, so that the first one delivered has its overlap.
    timeline =
        new AudioTimeline(
            sampleRate,
            firstPosition - AudioTimeline.BLOCK_SAMPLES,
            maxSilenceSeconds,
            this::encodeBlock);
    while (!held.isEmpty()) {
      try (Frame frame = held.peek().frame()) {
        Held next = held.remove();
        append(frame.get(), next.ticks(), next.timescale());
      }
    }
  }

  /** The caller keeps the frame. */
  void push(AVFrame frame, Timescale timescale) throws WorkerFailure, InterruptedException {
    if (frame.sample_rate() < 1 || frame.ch_layout().nb_channels() < 1) {
      return;
    }
    Frame.nameChannels(frame);
    if (firstSampleRate == 0) {
      firstSampleRate = frame.sample_rate();
      firstChannels = frame.ch_layout().nb_channels();
    }
    long ticks = frame.best_effort_timestamp();
    if (timeline != null) {
      append(frame, ticks, timescale);
      return;
    }
    if (held.size() == MAX_HELD_FRAMES) {
      held.remove().frame().close();
    }
    held.add(new Held(Frame.sharing(frame), ticks, timescale));
  }

  private void append(AVFrame frame, long ticks, Timescale timescale)
      throws WorkerFailure, InterruptedException {
    AudioTimeline line = timeline;
    if (line == null) {
      return;
    }
    Resampler current = resamplerFor(frame);
    long delay = current.delaySamples();
    long position =
        ticks == avutil.AV_NOPTS_VALUE()
            ? line.end()
            : timescale.convert(ticks, new Timescale(outputRate)) - delay;
    int count = current.convert(frame);
    line.append(position, current.left(), current.right(), count);
    int correction = line.takeCorrection();
    if (correction != 0) {
      current.stretch(correction, line.correctionSamples());
    }
  }

  private Resampler resamplerFor(AVFrame frame) throws WorkerFailure {
    Resampler current = resampler;
    if (current != null && current.takes(frame)) {
      return current;
    }
    if (current != null) {
      current.close();
      resampler = null;
    }
    Resampler opened = Resampler.open(frame, outputRate);
    resampler = opened;
    return opened;
  }

  /** Silence up to this time on {@link Timescale#VIDEO}, if the source has fallen behind it. */
  void fillUntil(long videoTicks) throws WorkerFailure, InterruptedException {
    if (timeline != null) {
      timeline.fillUntil(firstPosition(videoTicks, outputRate));
    }
  }

  private void encodeBlock(long position, float[] left, float[] right)
      throws WorkerFailure, InterruptedException {
    for (AudioRung rung : rungs) {
      rung.encode(position, left, right);
    }
  }

  /** Returns when everything is encoded and sent. */
  void finish() throws WorkerFailure, InterruptedException {
    if (timeline != null) {
      timeline.finish();
    }
    for (AudioRung rung : rungs) {
      rung.finish();
    }
  }

  @Override
  public void close() {
    held.forEach(frame -> frame.frame().close());
    held.clear();
    if (resampler != null) {
      resampler.close();
    }
    rungs.forEach(AudioRung::close);
  }
}
