package io.streaminfa.transcode.worker;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.transcode.LadderPlan;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.WorkerMessage;
import io.streaminfa.units.Timescale;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One video encoder in its own thread, behind a small queue of frames. */
final class VideoRung implements AutoCloseable {
  private static final int QUEUE_FRAMES = 4;
  private static final long CHECK_INTERVAL_MS = 100;

  /** The rule of a rendition's peak: its VBV drained once within a segment of this length. */
  private static final int PEAK_SECONDS = 6;

  private final LadderPlan.Video plan;
  private final int trackId;
  private final Encoder encoder;
  private final Outlet outlet;
  private final Vitals vitals;
  private final BlockingQueue<Optional<Frame>> queue = new ArrayBlockingQueue<>(QUEUE_FRAMES);
  private final long firstTicks;
  private final Thread thread;
  private volatile @Nullable WorkerFailure failure;

  /** Presentation times of frames inside the encoder, in the order they went in. */
  private final ArrayDeque<Long> inside = new ArrayDeque<>();

  /** Takes ownership of the encoder. */
  VideoRung(LadderPlan.Video plan, int trackId, Encoder encoder, Outlet outlet, Vitals vitals) {
    this(plan, trackId, encoder, outlet, vitals, Long.MIN_VALUE);
  }

  /**
   * Takes ownership of the encoder.
   *
   * @param firstTicks pictures before it are encoded and not sent; a key frame is at it
   */
  VideoRung(
      LadderPlan.Video plan,
      int trackId,
      Encoder encoder,
      Outlet outlet,
      Vitals vitals,
      long firstTicks) {
    this.plan = plan;
    this.firstTicks = firstTicks;
    this.trackId = trackId;
    this.encoder = encoder;
    this.outlet = outlet;
    this.vitals = vitals;
    this.thread = Thread.ofPlatform().name("encode-" + plan.name()).daemon().unstarted(this::run);
  }

  Rendition.Video rendition() throws WorkerFailure {
    CodecConfig config =
        new CodecConfig.Avc(AvcBitstream.decoderConfiguration(encoder.extradata()));
    return new Rendition.Video(
        plan.name(),
        new Track(trackId, Timescale.VIDEO, config),
        plan.bitrate(),
        plan.peakOver(PEAK_SECONDS),
        plan.size(),
        plan.frameRate(),
        plan.audioName());
  }

  void start() {
    thread.start();
  }

  /** Takes ownership of the frame; blocks while the queue is full. */
  void put(Frame frame) throws WorkerFailure, InterruptedException {
    enqueue(Optional.of(frame));
  }

  /** Nothing more will be put. */
  void putEnd() throws WorkerFailure, InterruptedException {
    enqueue(Optional.empty());
  }

  /** Returns when all that was put is encoded and sent. */
  void awaitEnd() throws WorkerFailure, InterruptedException {
    thread.join();
    throwIfFailed();
  }

  private void enqueue(Optional<Frame> item) throws WorkerFailure, InterruptedException {
    boolean taken = false;
    try {
      do {
        throwIfFailed();
        taken = queue.offer(item, CHECK_INTERVAL_MS, TimeUnit.MILLISECONDS);
      } while (!taken);
    } finally {
      if (!taken) {
        item.ifPresent(Frame::close);
      }
    }
  }

  private void throwIfFailed() throws WorkerFailure {
    WorkerFailure failed = failure;
    if (failed != null) {
      throw failed;
    }
  }

  private void run() {
    try {
      while (true) {
        Optional<Frame> next = queue.take();
        vitals.begin();
        try {
          if (next.isEmpty()) {
            encoder.encode(null, this::send);
            return;
          }
          encode(next.get());
        } finally {
          vitals.done();
        }
      }
    } catch (WorkerFailure e) {
      failure = e;
    } catch (IOException e) {
      failure = new WorkerFailure("server_gone", "cannot send to the server: " + e, false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void encode(Frame frame) throws WorkerFailure, IOException, InterruptedException {
    try (frame) {
      inside.add(frame.get().pts());
      encoder.encode(frame.get(), this::send);
    }
  }

  /**
   * The n-th access unit in decoding order is decoded at the n-th presentation time. That is the
   * encoder's own dts moved by its delay where the frame rate is constant, and where it is not, a
   * sync sample's dts still equals its pts: closed GOPs are reordered within themselves only.
   */
  private void send(Packet packet) throws WorkerFailure, IOException {
    long ptsTicks = packet.get().pts();
    if (packet.isKey()) {
      while (!inside.isEmpty() && inside.peek() < ptsTicks) {
        inside.poll();
      }
    }
    Long dtsTicks = inside.poll();
    if (dtsTicks == null) {
      throw new WorkerFailure("encoder_failed", "more packets than frames", false);
    }
    if (ptsTicks < firstTicks) {
      return;
    }
    outlet.send(
        new WorkerMessage.Encoded(
            new Sample(
                trackId,
                dtsTicks,
                ptsTicks,
                packet.isKey(),
                AvcBitstream.lengthPrefixed(packet.payload()))));
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      // The thread may still use what would be freed here; the process ends soon.
      Thread.currentThread().interrupt();
      return;
    }
    queue.forEach(item -> item.ifPresent(Frame::close));
    queue.clear();
    encoder.close();
  }
}
