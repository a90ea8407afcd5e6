package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.swresample.swr_alloc_set_opts2;
import static org.bytedeco.ffmpeg.global.swresample.swr_convert_frame;
import static org.bytedeco.ffmpeg.global.swresample.swr_free;
import static org.bytedeco.ffmpeg.global.swresample.swr_get_delay;
import static org.bytedeco.ffmpeg.global.swresample.swr_init;
import static org.bytedeco.ffmpeg.global.swresample.swr_set_compensation;

import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.swresample.SwrContext;
import org.bytedeco.javacpp.FloatPointer;

/** Turns decoded audio of one format into stereo floats of the output rate. */
final class Resampler implements AutoCloseable {
  private static final int OUTPUT_CHANNELS = 2;

  private final SwrContext context;
  private final int outputRate;
  private final int inputRate;
  private final int inputFormat;
  private final int inputChannels;
  private final Frame output;
  private float[] left = new float[AudioTimeline.BLOCK_SAMPLES * 4];
  private float[] right = new float[AudioTimeline.BLOCK_SAMPLES * 4];

  private Resampler(SwrContext context, AVFrame input, int outputRate, Frame output) {
    this.context = context;
    this.outputRate = outputRate;
    this.inputRate = input.sample_rate();
    this.inputFormat = input.format();
    this.inputChannels = input.ch_layout().nb_channels();
    this.output = output;
  }

  static Resampler open(AVFrame input, int outputRate) throws WorkerFailure {
    SwrContext context = new SwrContext(null);
    try (AVChannelLayout stereo = new AVChannelLayout()) {
      av_channel_layout_default(stereo, OUTPUT_CHANNELS);
      Native.check(
          swr_alloc_set_opts2(
              context,
              stereo,
              avutil.AV_SAMPLE_FMT_FLTP,
              outputRate,
              input.ch_layout(),
              input.format(),
              input.sample_rate(),
              0,
              null),
          "swr_alloc_set_opts2");
      Native.check(swr_init(context), "swr_init");
      return new Resampler(context, input, outputRate, Frame.empty());
    } catch (WorkerFailure e) {
      swr_free(context);
      throw e;
    }
  }

  boolean takes(AVFrame input) {
    return input.sample_rate() == inputRate
        && input.format() == inputFormat
        && input.ch_layout().nb_channels() == inputChannels;
  }

  /** How many output samples are inside, waiting for more input. */
  long delaySamples() {
    return swr_get_delay(context, outputRate);
  }

  /** The number of samples now in {@link #left} and {@link #right}. */
  int convert(AVFrame input) throws WorkerFailure {
    AVFrame out = output.get();
    av_frame_unref(out);
    out.format(avutil.AV_SAMPLE_FMT_FLTP);
    out.sample_rate(outputRate);
    av_channel_layout_default(out.ch_layout(), OUTPUT_CHANNELS);
    Native.check(swr_convert_frame(context, out, input), "swr_convert_frame");
    int count = out.nb_samples();
    if (count > left.length) {
      left = new float[count];
      right = new float[count];
    }
    new FloatPointer(out.data(0)).get(left, 0, count);
    new FloatPointer(out.data(1)).get(right, 0, count);
    return count;
  }

  float[] left() {
    return left;
  }

  float[] right() {
    return right;
  }

  void stretch(int samples, long overSamples) throws WorkerFailure {
    Native.check(
        swr_set_compensation(context, samples, Math.toIntExact(overSamples)),
        "swr_set_compensation");
  }

  @Override
  public void close() {
    output.close();
    swr_free(context);
  }
}
