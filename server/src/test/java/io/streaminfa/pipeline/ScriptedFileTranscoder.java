package io.streaminfa.pipeline;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.transcode.AudioRequest;
import io.streaminfa.transcode.Colour;
import io.streaminfa.transcode.EncodedRange;
import io.streaminfa.transcode.FileOutput;
import io.streaminfa.transcode.FileTranscoder;
import io.streaminfa.transcode.LadderPlan;
import io.streaminfa.transcode.MediaProbe;
import io.streaminfa.transcode.ProbeLimits;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.TranscodeException;
import io.streaminfa.transcode.TranscodeFailure;
import io.streaminfa.transcode.VideoChunkRequest;
import io.streaminfa.transcode.VodPlan;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import io.streaminfa.units.Timescale;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Encodes five small pictures a second, and does before each chunk what a test tells it to. */
final class ScriptedFileTranscoder implements FileTranscoder {
  static final int SECOND = 90_000;
  private static final int PICTURE_TICKS = SECOND / 5;

  /** What happens before a chunk is encoded; -1 is where the audio begins. */
  @FunctionalInterface
  interface Script {
    void before(long startTicks) throws TranscodeException, InterruptedException;
  }

  volatile Script script = _ -> {};
  volatile Script onProbe = _ -> {};
  volatile CodecConfig.Avc config = Publisher.AVC;

  /** Where the chunks that were begun start, in seconds; -1 for audio. */
  final List<Long> begun = new CopyOnWriteArrayList<>();

  final AtomicInteger running = new AtomicInteger();
  final AtomicInteger mostAtOnce = new AtomicInteger();

  static TranscodeException failure(String code, boolean sourceAtFault) {
    return new TranscodeException(new TranscodeFailure(code, "told to say " + code, sourceAtFault));
  }

  static MediaProbe probe(int seconds) {
    Resolution size = new Resolution(1280, 720);
    return new MediaProbe(
        "mov,mp4",
        (long) seconds * SECOND,
        new MediaProbe.Video(
            0,
            "h264",
            size,
            1,
            1,
            0,
            size,
            new FrameRate(5, 1),
            false,
            "yuv420p",
            8,
            new Colour(1, 1, 1),
            new MediaProbe.Clock(0, 1, 1000),
            true),
        Optional.of(new MediaProbe.Audio(1, "aac", 48_000, 2, "stereo", 0)),
        0);
  }

  @Override
  public MediaProbe probe(Path file, ProbeLimits limits)
      throws TranscodeException, InterruptedException {
    onProbe.before(0);
    return probe(30);
  }

  @Override
  public EncodedRange encodeVideo(VideoChunkRequest request, FileOutput output)
      throws TranscodeException, InterruptedException {
    enter(request.startTicks() / SECOND);
    try {
      script.before(request.startTicks());
      VodPlan plan = request.plan();
      output.renditions(videos(plan));
      long endTicks = Math.min(request.endTicks(), plan.probe().durationTicks());
      long pictures = 0;
      for (long at = request.startTicks(); at < endTicks; at += PICTURE_TICKS) {
        boolean sync = at % (2 * SECOND) == 0;
        for (int track = 0; track < plan.ladder().videos().size(); track++) {
          output.encoded(new Sample(plan.videoTrackId(track), at, at, sync, payload(at)));
        }
        output.reached(at);
        pictures++;
      }
      return new EncodedRange(pictures, endTicks, 0);
    } finally {
      running.decrementAndGet();
    }
  }

  @Override
  public EncodedRange encodeAudio(AudioRequest request, FileOutput output)
      throws TranscodeException, InterruptedException {
    enter(-1);
    try {
      script.before(-1);
      VodPlan plan = request.plan();
      List<LadderPlan.Audio> audios = plan.ladder().audios();
      output.renditions(audios(plan));
      long samples = request.endTicks() * 48_000 / SECOND;
      for (long at = -1024; at < samples; at += 1024) {
        for (int track = 0; track < audios.size(); track++) {
          output.encoded(new Sample(plan.audioTrackId(track), at, at, true, payload(at)));
        }
      }
      return new EncodedRange(0, request.endTicks(), 0);
    } finally {
      running.decrementAndGet();
    }
  }

  private void enter(long startSeconds) {
    begun.add(startSeconds);
    mostAtOnce.accumulateAndGet(running.incrementAndGet(), Math::max);
  }

  private static ByteBuffer payload(long at) {
    return ByteBuffer.allocate(12).putInt(8).putLong(at).flip().asReadOnlyBuffer();
  }

  List<Rendition> videos(VodPlan plan) {
    List<Rendition> renditions = new ArrayList<>();
    for (LadderPlan.Video video : plan.ladder().videos()) {
      renditions.add(
          new Rendition.Video(
              video.name(),
              new Track(plan.videoTrackId(renditions.size()), Timescale.VIDEO, config),
              video.bitrate(),
              video.maxrate(),
              video.size(),
              video.frameRate(),
              video.audioName()));
    }
    return renditions;
  }

  List<Rendition> audios(VodPlan plan) {
    List<Rendition> renditions = new ArrayList<>();
    for (LadderPlan.Audio audio : plan.ladder().audios()) {
      renditions.add(
          new Rendition.Audio(
              audio.name(),
              new Track(
                  plan.audioTrackId(renditions.size()),
                  new Timescale(48_000),
                  Publisher.AUDIO.config()),
              audio.bitrate(),
              48_000,
              2));
    }
    return renditions;
  }
}
