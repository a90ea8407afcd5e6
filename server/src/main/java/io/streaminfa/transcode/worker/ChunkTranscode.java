package io.streaminfa.transcode.worker;

import io.streaminfa.transcode.EncodedRange;
import io.streaminfa.transcode.LadderPlan;
import io.streaminfa.transcode.MediaProbe;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.VodPlan;
import io.streaminfa.transcode.WorkerMessage;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Timescale;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * One chunk of a file's video. The encoders are fed some pictures from before it, of which nothing
 * is kept: their rate control then knows the material, and the bit rate runs on over the border.
 */
final class ChunkTranscode implements AutoCloseable {
  /** Half a buffer of rate control, and about a lookahead. */
  static final long PREROLL_TICKS = Timescale.VIDEO.ticksPerSecond();

  private final WorkerMessage.EncodeChunk request;
  private final Outlet outlet;
  private final Vitals vitals;
  private final VideoReader reader;
  private final PictureTimeline timeline;
  private final List<VideoRung> rungs = new ArrayList<>();
  private @Nullable EncoderLadder ladder;
  private @Nullable Frame last;
  private @Nullable AVFrame current;
  private long pictures;
  private long endTicks = Long.MIN_VALUE;

  ChunkTranscode(WorkerMessage.EncodeChunk request, Outlet outlet, Vitals vitals)
      throws WorkerFailure {
    this.request = request;
    this.outlet = outlet;
    this.vitals = vitals;
    VodPlan plan = request.plan();
    MediaProbe.Video video = plan.probe().video();
    this.reader = VideoReader.open(request.path(), video, vitals);
    FrameRate outputRate = plan.ladder().videos().getFirst().frameRate();
    this.timeline =
        new PictureTimeline(
            Timescale.VIDEO.ofMillis(plan.keyframeInterval().toMillis()),
            video.rounded() ? new FrameGrid(video.frameRate(), 0) : null,
            plan.ladder().frameStep() > 1 ? outputRate : null,
            this::encode);
  }

  void run() throws WorkerFailure, IOException, InterruptedException {
    vitals.begin();
    try {
      EncoderLadder opened = open();
      reader.read(request.startTicks() - PREROLL_TICKS, this::picture);
      if (endTicks == Long.MIN_VALUE) {
        endTicks = reader.endTicks();
      }
      opened.finish();
    } finally {
      vitals.done();
    }
    outlet.send(
        new WorkerMessage.Covered(
            new EncodedRange(pictures, Math.max(0, endTicks), reader.errors())));
  }

  private EncoderLadder open() throws WorkerFailure, IOException {
    VodPlan plan = request.plan();
    VideoEncoding encoding =
        new VideoEncoding(
            plan.encoder(),
            plan.keyframeInterval(),
            plan.probe().video().colour().delivered(),
            false);
    List<LadderPlan.Video> planned = plan.ladder().videos();
    int threads = Math.max(1, request.encoderThreads() - (planned.size() - 1));
    List<Rendition> renditions = new ArrayList<>();
    for (LadderPlan.Video video : planned) {
      Encoder encoder = encoding.open(video, video.filePreset(), threads);
      VideoRung rung =
          new VideoRung(
              video,
              plan.videoTrackId(rungs.size()),
              encoder,
              outlet,
              vitals,
              request.startTicks());
      rungs.add(rung);
      renditions.add(rung.rendition());
      threads = 1;
      vitals.step();
    }
    EncoderLadder opened = new EncoderLadder(plan.ladder(), rungs, request.endTicks());
    ladder = opened;
    outlet.send(new WorkerMessage.Opened(renditions));
    rungs.forEach(VideoRung::start);
    return opened;
  }

  private boolean picture(AVFrame frame, long ticks) throws WorkerFailure, InterruptedException {
    current = frame;
    timeline.add(ticks);
    return endTicks == Long.MIN_VALUE;
  }

  private void encode(long ticks, boolean key, boolean repeated)
      throws WorkerFailure, InterruptedException {
    EncoderLadder encoders = ladder;
    if (endTicks != Long.MIN_VALUE || encoders == null) {
      return;
    }
    Frame picture = repeated ? last : keep();
    if (picture == null || ticks < request.startTicks() - PREROLL_TICKS) {
      return;
    }
    if (ticks >= request.endTicks()) {
      endTicks = ticks;
    } else if (ticks >= request.startTicks()) {
      pictures++;
    }
    encoders.push(picture.get(), ticks, key);
  }

  private @Nullable Frame keep() throws WorkerFailure {
    AVFrame frame = current;
    if (frame == null) {
      return null;
    }
    Frame kept = Frame.sharing(frame);
    if (last != null) {
      last.close();
    }
    last = kept;
    return kept;
  }

  @Override
  public void close() {
    EncoderLadder opened = ladder;
    if (opened != null) {
      opened.close();
    } else {
      rungs.forEach(VideoRung::close);
    }
    if (last != null) {
      last.close();
    }
    reader.close();
  }
}
