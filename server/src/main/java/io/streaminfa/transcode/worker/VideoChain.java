package io.streaminfa.transcode.worker;

import io.streaminfa.transcode.LadderPlan;
import io.streaminfa.units.Timescale;
import java.time.Duration;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * From decoded pictures to the encoders: exact times, key frames on the grid, scaling. All times
 * are in ticks of {@link Timescale#VIDEO}.
 */
final class VideoChain implements AutoCloseable {
  /** A pause that is longer is filled with the last picture, this far apart. */
  static final long REPEAT_TICKS = Timescale.VIDEO.ticksPerSecond() / 2;

  /** A longer pause is a jump of the source's clock, and not filled. */
  static final long MAX_FILLED_TICKS = 60L * Timescale.VIDEO.ticksPerSecond();

  private final EncoderLadder ladder;
  private final int frameStep;
  private final long keyframeTicks;
  private final FrameClock clock;
  private @Nullable Frame lastPicture;
  private long pictures;
  private long lastTicks = Long.MIN_VALUE;

  /** Takes ownership of the rungs, which are started. */
  VideoChain(LadderPlan plan, List<VideoRung> rungs, Duration keyframeInterval, FrameClock clock) {
    this.ladder = new EncoderLadder(plan, rungs, Long.MAX_VALUE);
    this.frameStep = plan.frameStep();
    this.keyframeTicks = Timescale.VIDEO.ofMillis(keyframeInterval.toMillis());
    this.clock = clock;
  }

  /** The caller keeps the picture. */
  void push(AVFrame picture, long sourceTicks) throws WorkerFailure, InterruptedException {
    if (lastPicture != null) {
      fillUntil(sourceTicks);
    }
    long ticks = clock.next(sourceTicks);
    if (pictures++ % frameStep != 0) {
      return;
    }
    Frame kept = Frame.sharing(picture);
    if (lastPicture != null) {
      lastPicture.close();
    }
    lastPicture = kept;
    filter(kept.get(), ticks);
  }

  /** Time has come this far, though no picture has: repeats the last one where that is long ago. */
  void fillUntil(long ticks) throws WorkerFailure, InterruptedException {
    Frame last = lastPicture;
    long pauseTicks = ticks - lastTicks;
    if (last == null || pauseTicks <= REPEAT_TICKS || pauseTicks > MAX_FILLED_TICKS) {
      return;
    }
    // Multiples of the step hit the key frame grid.
    long repeat = Math.floorDiv(lastTicks, REPEAT_TICKS) * REPEAT_TICKS + REPEAT_TICKS;
    long nearest = REPEAT_TICKS / 5;
    for (; repeat < ticks - nearest; repeat += REPEAT_TICKS) {
      if (repeat > lastTicks + nearest) {
        clock.inserted(repeat);
        filter(last.get(), repeat);
      }
    }
  }

  long lastTicks() {
    return lastTicks;
  }

  private void filter(AVFrame picture, long ticks) throws WorkerFailure, InterruptedException {
    boolean key = lastTicks == Long.MIN_VALUE || keyFrameSlot(ticks) != keyFrameSlot(lastTicks);
    lastTicks = ticks;
    ladder.push(picture, ticks, key);
  }

  /** A picture that rounding puts just before the grid is the one that belongs on it. */
  private long keyFrameSlot(long ticks) {
    return Math.floorDiv(ticks + FrameClock.TOLERANCE_TICKS, keyframeTicks);
  }

  /** Returns when everything is encoded and sent. */
  void finish() throws WorkerFailure, InterruptedException {
    ladder.finish();
  }

  @Override
  public void close() {
    ladder.close();
    if (lastPicture != null) {
      lastPicture.close();
    }
  }
}
