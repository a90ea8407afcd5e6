package io.streaminfa.transcode.worker;

import io.streaminfa.transcode.MediaProbe;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Timescale;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;

/** Converts the times of a file's streams to the timeline that begins at its first picture. */
record StreamClock(MediaProbe.Clock video) {
  /** Four months: a time beyond it is no time. */
  static final long MAX_TICKS = 1L << 40;

  /** The time of a picture, exact where the file's clock is. */
  long videoTicks(long pts) {
    return avutil.av_rescale_q(
        pts - video.zero(), videoTimeBase(), Decoder.timeBase(Timescale.VIDEO));
  }

  /** Back to the file's own clock. */
  long videoPts(long ticks) {
    return video.zero()
        + avutil.av_rescale_q(ticks, Decoder.timeBase(Timescale.VIDEO), videoTimeBase());
  }

  /** The time of something in another stream, on a clock of the caller's choice. */
  long convert(long pts, AVRational timeBase, Timescale target) {
    AVRational unit = Decoder.timeBase(target);
    return avutil.av_rescale_q(pts, timeBase, unit)
        - avutil.av_rescale_q(video.zero(), videoTimeBase(), unit);
  }

  /** How long a picture stands that the file gives this duration; 0 where it gives none. */
  long videoDuration(long duration) {
    return avutil.av_rescale_q(duration, videoTimeBase(), Decoder.timeBase(Timescale.VIDEO));
  }

  /** How long a picture stands at this rate. */
  static long pictureTicks(FrameRate rate) {
    return (long) Timescale.VIDEO.ticksPerSecond() * rate.denominator() / rate.numerator();
  }

  private AVRational videoTimeBase() {
    return new AVRational().num(video.numerator()).den(video.denominator());
  }
}
