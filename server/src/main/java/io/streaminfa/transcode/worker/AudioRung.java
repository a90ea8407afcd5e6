package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.transcode.LadderPlan;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.WorkerMessage;
import io.streaminfa.units.Timescale;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** One AAC encoder. Times are in samples. */
final class AudioRung implements AutoCloseable {
  /**
   * Which access units are delivered.
   *
   * @param first those before it, the encoder's priming among them, are dropped
   * @param end those of which more lies behind it than before it are dropped
   */
  record Span(long first, long end) {
    static Span from(long first) {
      return new Span(first, Long.MAX_VALUE);
    }

    private boolean holds(long position) {
      return position >= first && position <= end - AudioTimeline.BLOCK_SAMPLES / 2;
    }
  }

  private final LadderPlan.Audio plan;
  private final int trackId;
  private final Span span;
  private final Encoder encoder;
  private final Frame input;
  private final Outlet outlet;

  private AudioRung(
      LadderPlan.Audio plan, int trackId, Span span, Encoder encoder, Frame input, Outlet outlet) {
    this.plan = plan;
    this.trackId = trackId;
    this.span = span;
    this.encoder = encoder;
    this.input = input;
    this.outlet = outlet;
  }

  static AudioRung open(LadderPlan.Audio plan, int trackId, Span delivered, Outlet outlet)
      throws WorkerFailure {
    Encoder encoder =
        Encoder.open(
            "aac",
            context -> {
              context
                  .bit_rate(plan.bitrate().bitsPerSecond())
                  .sample_rate(plan.sampleRate())
                  .sample_fmt(avutil.AV_SAMPLE_FMT_FLTP)
                  .time_base(Decoder.timeBase(new Timescale(plan.sampleRate())));
              av_channel_layout_default(context.ch_layout(), plan.channels());
            });
    try {
      return new AudioRung(plan, trackId, delivered, encoder, frameFor(plan), outlet);
    } catch (WorkerFailure e) {
      encoder.close();
      throw e;
    }
  }

  private static Frame frameFor(LadderPlan.Audio plan) throws WorkerFailure {
    Frame frame = Frame.empty();
    AVFrame fields = frame.get();
    fields.format(avutil.AV_SAMPLE_FMT_FLTP);
    fields.sample_rate(plan.sampleRate());
    fields.nb_samples(AudioTimeline.BLOCK_SAMPLES);
    av_channel_layout_default(fields.ch_layout(), plan.channels());
    Native.check(av_frame_get_buffer(fields, 0), "av_frame_get_buffer");
    return frame;
  }

  Rendition.Audio rendition() {
    ByteBuffer config = ByteBuffer.allocate(encoder.extradata().remaining());
    config.put(encoder.extradata()).flip();
    return new Rendition.Audio(
        plan.name(),
        new Track(trackId, new Timescale(plan.sampleRate()), new CodecConfig.Aac(config)),
        plan.bitrate(),
        plan.sampleRate(),
        plan.channels());
  }

  void encode(long position, float[] left, float[] right)
      throws WorkerFailure, InterruptedException {
    AVFrame frame = input.get();
    // The encoder may hold a reference to the last one.
    Native.check(av_frame_make_writable(frame), "av_frame_make_writable");
    new FloatPointer(frame.data(0)).put(left, 0, AudioTimeline.BLOCK_SAMPLES);
    new FloatPointer(frame.data(1)).put(right, 0, AudioTimeline.BLOCK_SAMPLES);
    frame.pts(position);
    send(frame);
  }

  void finish() throws WorkerFailure, InterruptedException {
    send(null);
  }

  private void send(@Nullable AVFrame frame) throws WorkerFailure, InterruptedException {
    try {
      encoder.encode(frame, this::deliver);
    } catch (IOException e) {
      throw new WorkerFailure("server_gone", "cannot send to the server: " + e, false);
    }
  }

  /** The encoder has already taken its priming off the time: it begins before the first block. */
  private void deliver(Packet packet) throws IOException {
    long position = packet.get().pts();
    if (span.holds(position)) {
      outlet.send(
          new WorkerMessage.Encoded(
              new Sample(trackId, position, position, true, packet.payload())));
    }
  }

  @Override
  public void close() {
    input.close();
    encoder.close();
  }
}
