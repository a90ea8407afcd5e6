package io.streaminfa.transcode.worker;

import io.streaminfa.transcode.Colour;
import io.streaminfa.transcode.LadderPlan;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Timescale;
import java.time.Duration;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * What every video encoder of one transcode is set to.
 *
 * @param encoder FFmpeg's name of it
 * @param colour what the output is tagged with
 * @param lowLatency no lookahead and no B-frames
 */
record VideoEncoding(String encoder, Duration keyframeInterval, Colour colour, boolean lowLatency) {
  /** Key frames are placed by us; the encoder's own interval is only a net below that. */
  private static final int GOP_SAFETY_FACTOR = 2;

  /**
   * @param preset x264's; of no meaning for other encoders
   * @param threads never sliced: slices cost quality at the same rate
   */
  Encoder open(LadderPlan.Video plan, String preset, int threads) throws WorkerFailure {
    return Encoder.open(
        encoder,
        context -> {
          setCommon(context, plan);
          context.thread_count(threads);
          switch (encoder) {
            case "libx264" -> setX264(context, plan, preset);
            case "libopenh264" -> setOpenH264(context, plan);
            default -> setProfileAndLevel(context, plan);
          }
        });
  }

  private void setCommon(AVCodecContext context, LadderPlan.Video plan) {
    FrameRate rate = plan.frameRate();
    context
        .width(plan.size().width())
        .height(plan.size().height())
        .pix_fmt(avutil.AV_PIX_FMT_YUV420P)
        .time_base(Decoder.timeBase(Timescale.VIDEO))
        .framerate(new AVRational().num(rate.numerator()).den(rate.denominator()))
        .sample_aspect_ratio(new AVRational().num(1).den(1))
        .bit_rate(plan.bitrate().bitsPerSecond())
        .rc_max_rate(plan.maxrate().bitsPerSecond())
        .rc_buffer_size(Math.toIntExact(plan.bufferBits()))
        .gop_size(gopPictures(rate))
        .flags(context.flags() | avcodec.AV_CODEC_FLAG_CLOSED_GOP)
        .color_primaries(colour.primaries())
        .color_trc(colour.transfer())
        .colorspace(colour.matrix());
    // Full-range pictures are scaled to the limited range that yuv420p stands for.
    context.color_range(avutil.AVCOL_RANGE_MPEG);
  }

  private int gopPictures(FrameRate rate) {
    double seconds = keyframeInterval.toMillis() / 1000.0;
    return (int) Math.ceil(seconds * rate.perSecond()) * GOP_SAFETY_FACTOR;
  }

  private void setX264(AVCodecContext context, LadderPlan.Video plan, String preset)
      throws WorkerFailure {
    Encoder.option(context, "preset", preset);
    Encoder.option(context, "profile", plan.profile());
    Encoder.option(context, "level", plan.level());
    Encoder.option(context, "forced-idr", "1");
    Encoder.option(context, "sc_threshold", "0");
    if (lowLatency) {
      Encoder.option(context, "tune", "zerolatency");
      // The tuning turns sliced threads on.
      Encoder.option(context, "x264-params", "sliced-threads=0");
    }
  }

  private static void setOpenH264(AVCodecContext context, LadderPlan.Video plan)
      throws WorkerFailure {
    setProfileAndLevel(context, plan);
    Encoder.option(context, "rc_mode", "bitrate");
    // A skipped frame would be one that the source had and the rendition has not.
    Encoder.option(context, "allow_skip_frames", "0");
  }

  private static void setProfileAndLevel(AVCodecContext context, LadderPlan.Video plan) {
    context.profile(
        switch (plan.profile()) {
          case "high" -> avcodec.AV_PROFILE_H264_HIGH;
          case "main" -> avcodec.AV_PROFILE_H264_MAIN;
          default -> avcodec.AV_PROFILE_H264_CONSTRAINED_BASELINE;
        });
    // level_idc is ten times the level: 4.1 is 41.
    context.level((int) Math.round(Double.parseDouble(plan.level()) * 10));
  }
}
