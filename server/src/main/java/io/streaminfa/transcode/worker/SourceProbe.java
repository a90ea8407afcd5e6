package io.streaminfa.transcode.worker;

import io.streaminfa.transcode.SourceInfo;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Timescale;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/** Holds the first pictures until they have shown how many there are in a second. */
final class SourceProbe implements AutoCloseable {
  /** Enough for a rate that the bit stream names as well; few enough to hold. */
  private static final int ENOUGH_PICTURES = 6;

  /** A rate that was only averaged is told in thousandths. */
  private static final int AVERAGED_DENOMINATOR = 1000;

  /** One decoded picture and its time on {@link Timescale#VIDEO}. */
  record Held(Frame frame, long ticks) {}

  private final List<Held> pictures = new ArrayList<>();

  void hold(AVFrame picture, long ticks) throws WorkerFailure {
    pictures.add(new Held(Frame.sharing(picture), ticks));
  }

  boolean isEnough() {
    return pictures.size() >= ENOUGH_PICTURES;
  }

  boolean isEmpty() {
    return pictures.isEmpty();
  }

  List<Held> pictures() {
    return List.copyOf(pictures);
  }

  long firstTicks() {
    return pictures.getFirst().ticks();
  }

  AVFrame firstPicture() {
    return pictures.getFirst().frame().get();
  }

  @Nullable FrameGrid grid(@Nullable FrameRate claimed) {
    return FrameGrid.fit(times(), pictures.size(), claimed);
  }

  /**
   * @param grid null: the pictures have no constant rate, and it is averaged
   * @param claimed what the bit stream says, for a source of a single picture
   */
  FrameRate frameRate(@Nullable FrameGrid grid, @Nullable FrameRate claimed) {
    if (grid != null) {
      return grid.rate();
    }
    long[] times = times();
    long spanTicks = times[times.length - 1] - times[0];
    if (spanTicks <= 0) {
      return claimed == null ? new FrameRate(1, 1) : claimed;
    }
    long perThousandSeconds =
        (times.length - 1L) * Timescale.VIDEO.ticksPerSecond() * AVERAGED_DENOMINATOR / spanTicks;
    return new FrameRate(
        Math.clamp(perThousandSeconds, 1, Integer.MAX_VALUE), AVERAGED_DENOMINATOR);
  }

  private long[] times() {
    return pictures.stream().mapToLong(Held::ticks).toArray();
  }

  SourceInfo describe(FrameRate rate, String audioCodec, int audioSampleRate, int audioChannels) {
    PictureFormat format = PictureFormat.of(firstPicture(), null);
    return new SourceInfo(
        "h264",
        format.codedSize(),
        format.displaySize(),
        rate,
        format.pixelFormatName(),
        audioCodec,
        audioSampleRate,
        audioChannels);
  }

  @Override
  public void close() {
    pictures.forEach(held -> held.frame().close());
    pictures.clear();
  }
}
