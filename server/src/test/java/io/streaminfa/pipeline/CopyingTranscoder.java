package io.streaminfa.pipeline;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.SourceInfo;
import io.streaminfa.transcode.TranscodeFailure;
import io.streaminfa.transcode.TranscodeOutput;
import io.streaminfa.transcode.Transcoder;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import io.streaminfa.units.Timescale;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** Workers that encode by copying, each with an output thread, and that fail when told to. */
final class CopyingTranscoder implements Transcoder {
  static final String VIDEO = "high";
  static final String AUDIO = "audio_128k";
  private static final int RATE = 48_000;

  final List<Worker> workers = new CopyOnWriteArrayList<>();

  /** Told of each worker before it takes anything. */
  volatile Consumer<Worker> onOpen = _ -> {};

  @Override
  public MediaSink open(String name, long encodeFromMillis, TranscodeOutput output) {
    Worker worker = new Worker(encodeFromMillis, output);
    onOpen.accept(worker);
    workers.add(worker);
    Thread.ofVirtual().name("worker-" + name).start(worker::run);
    return worker;
  }

  Worker last() {
    return workers.getLast();
  }

  /** What is done on the output thread. */
  @FunctionalInterface
  private interface Step {
    void run() throws InterruptedException;
  }

  static final class Worker implements MediaSink {
    final long encodeFromMillis;
    final List<Sample> taken = new CopyOnWriteArrayList<>();
    final List<List<Track>> announced = new CopyOnWriteArrayList<>();
    final CountDownLatch ended = new CountDownLatch(1);

    /** Nothing more is encoded once so many samples have been. */
    volatile int failAfter = Integer.MAX_VALUE;

    volatile TranscodeFailure failure =
        new TranscodeFailure("worker_crashed", "the worker died", false);
    volatile boolean failAtEnd;
    volatile boolean endCalled;
    volatile int done;
    volatile CountDownLatch mayDrain = new CountDownLatch(0);
    volatile CodecConfig.Avc videoConfig = Publisher.AVC;

    private final TranscodeOutput output;
    private final LinkedBlockingQueue<Step> steps = new LinkedBlockingQueue<>();
    private List<Track> tracks = List.of();
    private boolean isPlanned;
    private boolean isOver;
    private boolean hasPicture;

    private Worker(long encodeFromMillis, TranscodeOutput output) {
      this.encodeFromMillis = encodeFromMillis;
      this.output = output;
    }

    private void run() {
      try {
        while (!isOver) {
          steps.take().run();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        ended.countDown();
      }
    }

    @Override
    public void start(List<Track> newTracks) {
      announced.add(newTracks);
      steps.add(() -> tracks = newTracks);
    }

    @Override
    public void write(Sample sample) {
      taken.add(sample);
      int number = taken.size();
      steps.add(
          () -> {
            if (number > failAfter) {
              fail();
            } else if (!isOver) {
              encode(sample);
            }
            done = number;
          });
    }

    @Override
    public void end(EndReason reason) {
      endCalled = true;
      steps.add(
          () -> {
            if (reason == EndReason.CLEAN) {
              mayDrain.await();
            }
            if (failAtEnd && reason == EndReason.CLEAN) {
              fail();
            } else if (!isOver) {
              isOver = true;
              output.ended();
            }
          });
    }

    /** Whether all that came so far was encoded and packaged. */
    boolean isIdle() {
      return done == taken.size();
    }

    /** Dies behind what it has taken so far. */
    void die(TranscodeFailure reason) {
      failure = reason;
      steps.add(this::fail);
    }

    private void fail() throws InterruptedException {
      isOver = true;
      output.failed(failure);
    }

    private void encode(Sample sample) throws InterruptedException {
      if (!isPlanned) {
        isPlanned = true;
        output.renditions(source(), renditions());
      }
      if (sample.ptsTicks() < encodeFromMillis) {
        return;
      }
      boolean isVideo = sample.trackId() == Publisher.VIDEO_TRACK;
      int trackId = isVideo ? Publisher.VIDEO_TRACK : Publisher.AUDIO_TRACK;
      if (!isVideo && !hasPicture) {
        return;
      }
      Timescale clock = isVideo ? Timescale.VIDEO : new Timescale(RATE);
      boolean sync = sample.sync() || (isVideo && !hasPicture);
      hasPicture = true;
      output.encoded(
          new Sample(
              trackId,
              clock.ofMillis(sample.dtsTicks()),
              clock.ofMillis(sample.ptsTicks()),
              sync,
              sample.data()));
    }

    private Optional<Track> audio() {
      return tracks.stream().filter(track -> !track.config().isVideo()).findFirst();
    }

    private SourceInfo source() {
      Resolution size = new Resolution(1280, 720);
      boolean hasAudio = audio().isPresent();
      return new SourceInfo(
          "h264",
          size,
          size,
          new FrameRate(25, 1),
          "yuv420p",
          hasAudio ? "aac" : "",
          hasAudio ? RATE : 0,
          hasAudio ? 2 : 0);
    }

    private List<Rendition> renditions() {
      List<Rendition> renditions = new ArrayList<>();
      renditions.add(
          new Rendition.Video(
              VIDEO,
              new Track(Publisher.VIDEO_TRACK, Timescale.VIDEO, videoConfig),
              Bitrate.ofKbps(2000),
              Bitrate.ofKbps(2400),
              new Resolution(1280, 720),
              new FrameRate(25, 1),
              audio().isPresent() ? AUDIO : ""));
      audio()
          .ifPresent(
              track ->
                  renditions.add(
                      new Rendition.Audio(
                          AUDIO,
                          new Track(Publisher.AUDIO_TRACK, new Timescale(RATE), track.config()),
                          Bitrate.ofKbps(128),
                          RATE,
                          2)));
      return renditions;
    }
  }
}
