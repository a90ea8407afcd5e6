package io.streaminfa.transcode.worker;

import io.streaminfa.transcode.LadderPlan;
import io.streaminfa.units.Resolution;
import io.streaminfa.units.Timescale;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/** Scales each picture and gives it to the encoders. */
final class EncoderLadder implements AutoCloseable {
  private final List<VideoRung> rungs;
  private final List<Resolution> sizes;
  private final long endTicks;
  private @Nullable ScaleCascade cascade;

  /**
   * Takes ownership of the rungs, which are started.
   *
   * @param endTicks pictures from there on are not encoded; a deinterlacer looks at them
   */
  EncoderLadder(LadderPlan plan, List<VideoRung> rungs, long endTicks) {
    this.rungs = List.copyOf(rungs);
    this.sizes = plan.videos().stream().map(LadderPlan.Video::size).toList();
    this.endTicks = endTicks;
  }

  /**
   * @param picture changed in its time and its type, and kept by the caller
   * @param ticks on {@link Timescale#VIDEO}, rising
   */
  void push(AVFrame picture, long ticks, boolean key) throws WorkerFailure, InterruptedException {
    picture.pts(ticks);
    // Decided once for all rungs; the decoder's own picture type would force one, too.
    picture.pict_type(key ? avutil.AV_PICTURE_TYPE_I : avutil.AV_PICTURE_TYPE_NONE);
    cascadeFor(picture).push(picture, this::toRung);
  }

  private ScaleCascade cascadeFor(AVFrame picture) throws WorkerFailure, InterruptedException {
    ScaleCascade current = cascade;
    PictureFormat format = PictureFormat.of(picture, current == null ? null : current.format());
    if (current != null && current.format().equals(format)) {
      return current;
    }
    if (current != null) {
      current.finish(this::toRung);
      current.close();
      cascade = null;
    }
    ScaleCascade opened = ScaleCascade.open(format, sizes);
    cascade = opened;
    return opened;
  }

  private void toRung(int index, Frame frame) throws WorkerFailure, InterruptedException {
    if (frame.get().pts() < endTicks) {
      rungs.get(index).put(frame);
    } else {
      frame.close();
    }
  }

  /** Returns when everything is encoded and sent. */
  void finish() throws WorkerFailure, InterruptedException {
    if (cascade != null) {
      cascade.finish(this::toRung);
    }
    for (VideoRung rung : rungs) {
      rung.putEnd();
    }
    for (VideoRung rung : rungs) {
      rung.awaitEnd();
    }
  }

  @Override
  public void close() {
    for (VideoRung rung : rungs) {
      rung.close();
    }
    if (cascade != null) {
      cascade.close();
    }
  }
}
