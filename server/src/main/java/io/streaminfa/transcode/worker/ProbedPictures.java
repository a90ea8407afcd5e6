package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import io.streaminfa.transcode.MediaProbe;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Timescale;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/** The first decoded pictures of a file. */
final class ProbedPictures {
  /** Enough to tell a constant rate from one that varies. */
  private static final int ENOUGH = 24;

  /** Clocks that are coarser give rounded times. */
  private static final int FINE_TICKS_PER_SECOND = 10_000;

  /** What a container claims beyond it is a clock, and not a rate. */
  private static final int MAX_CLAIMED_PER_SECOND = 1000;

  private static final int AVERAGED_DENOMINATOR = 1000;

  private final MediaFile file;
  private final AVStream stream;
  private final long[] times = new long[ENOUGH];
  private int count;
  private long zero;
  private boolean interlaced;
  private @Nullable PictureFormat format;

  ProbedPictures(MediaFile file, AVStream stream) {
    this.file = file;
    this.stream = stream;
  }

  boolean isEnough() {
    return count == ENOUGH;
  }

  boolean isEmpty() {
    return format == null;
  }

  void add(AVFrame frame) throws WorkerFailure {
    file.complete(frame, stream.index());
    PictureFormat seen = PictureFormat.of(frame, null);
    interlaced |= seen.interlaced();
    long pts = frame.best_effort_timestamp();
    if (pts == avutil.AV_NOPTS_VALUE() || isEnough()) {
      return;
    }
    if (format == null) {
      format = seen;
      zero = pts;
    }
    long ticks = clock().videoTicks(pts);
    if (count == 0 || ticks > times[count - 1]) {
      times[count++] = ticks;
    }
  }

  private StreamClock clock() {
    AVRational base = stream.time_base();
    return new StreamClock(new MediaProbe.Clock(zero, base.num(), base.den()));
  }

  MediaProbe.Video describe() throws WorkerFailure {
    PictureFormat seen = format;
    if (seen == null) {
      throw new WorkerFailure("undecodable", "no picture has a time", true);
    }
    FrameGrid grid = FrameGrid.fit(times, count, claimedRate());
    MediaProbe.Clock clock = clock().video();
    boolean coarse = (long) clock.numerator() * FINE_TICKS_PER_SECOND > clock.denominator();
    return new MediaProbe.Video(
        stream.index(),
        CodecNames.of(stream.codecpar().codec_id()),
        seen.codedSize(),
        seen.sampleAspectNumerator(),
        seen.sampleAspectDenominator(),
        seen.rotationDegrees(),
        seen.displaySize(),
        grid == null ? averageRate() : grid.rate(),
        interlaced || stream.codecpar().field_order() > avcodec.AV_FIELD_PROGRESSIVE,
        seen.pixelFormatName(),
        av_pix_fmt_desc_get(seen.pixelFormat()).comp(0).depth(),
        seen.colour(),
        clock,
        grid != null && coarse);
  }

  /** Null when the file claims none. It is only believed where the pictures agree. */
  private @Nullable FrameRate claimedRate() {
    AVRational average = stream.avg_frame_rate();
    if (average.num() < 1
        || average.den() < 1
        || average.num() > (long) average.den() * MAX_CLAIMED_PER_SECOND) {
      return null;
    }
    return FrameGrid.usual(new FrameRate(average.num(), average.den()));
  }

  private FrameRate averageRate() {
    FrameRate claimed = claimedRate();
    if (claimed != null) {
      return claimed;
    }
    long spanTicks = count < 2 ? 0 : times[count - 1] - times[0];
    if (spanTicks <= 0) {
      return new FrameRate(1, 1);
    }
    long perThousandSeconds =
        (count - 1L) * Timescale.VIDEO.ticksPerSecond() * AVERAGED_DENOMINATOR / spanTicks;
    return new FrameRate(
        Math.clamp(perThousandSeconds, 1, Integer.MAX_VALUE), AVERAGED_DENOMINATOR);
  }
}
