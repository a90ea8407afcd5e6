package io.streaminfa.pipeline;

import io.streaminfa.ingest.PublishSession;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.packager.Anchor;
import io.streaminfa.transcode.TranscodeFailure;
import io.streaminfa.units.Timescale;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One publisher's time on a stream. Its clock starts near zero with each connection; here it is moved
 * to where the stream's timeline had got to. A worker that dies is replaced under it, on the
 * publisher's own thread, so there is one owner of the input at any moment.
 */
final class LiveSession implements PublishSession {
  private static final Logger log = LoggerFactory.getLogger(LiveSession.class);

  /** How long the encoders may take to give back what they hold. */
  static final Duration DRAIN_DEADLINE = Duration.ofSeconds(10);

  private final LivePipeline pipeline;
  private final String connectionId;
  private final ReplayBuffer replay = new ReplayBuffer();
  private final RestartBudget restarts;
  private final AtomicReference<@Nullable CutOff> cutOff = new AtomicReference<>();
  private final long baseMillis;

  /** Read by a second publisher that wants to know whether this one still lives. */
  private volatile long lastSampleNanos;

  private volatile boolean wasCutOff;

  private List<Track> tracks = List.of();
  private Set<Integer> videoTracks = Set.of();
  private @Nullable TranscodeRun run;
  private @Nullable Anchor anchor;
  private long encodeFromMillis;

  /**
   * @param baseMillis where this session's zero lies on the stream's timeline
   */
  LiveSession(LivePipeline pipeline, String connectionId, long baseMillis, RestartBudget restarts) {
    this.pipeline = pipeline;
    this.connectionId = connectionId;
    this.baseMillis = baseMillis;
    this.restarts = restarts;
    this.lastSampleNanos = System.nanoTime();
  }

  @Override
  public String streamId() {
    return pipeline.id().value();
  }

  String connectionId() {
    return connectionId;
  }

  @Override
  public void onCutOff(CutOff listener) {
    cutOff.set(listener);
  }

  /** Ends the connection from the server's side; safe from any thread. */
  void cutOff(String code, String description) {
    wasCutOff = true;
    CutOff listener = cutOff.get();
    if (listener != null) {
      listener.cutOff(code, description);
    }
  }

  boolean wasCutOff() {
    return wasCutOff;
  }

  /** How long the publisher has sent no media. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - lastSampleNanos);
  }

  @Override
  public void start(List<Track> newTracks) throws MediaFormatException, InterruptedException {
    boolean sameKinds = kinds(newTracks).equals(kinds(tracks));
    tracks = List.copyOf(newTracks);
    Set<Integer> video = new HashSet<>();
    for (Track track : tracks) {
      if (track.config().isVideo()) {
        video.add(track.id());
      }
    }
    videoTracks = Set.copyOf(video);
    TranscodeRun current = run;
    if (current == null) {
      return; // opened by the first sample, which sets the anchor
    }
    if (sameKinds) {
      current.start(tracks);
    } else {
      endRun(current);
      run = null;
    }
  }

  @Override
  public void write(Sample sample) throws MediaFormatException, InterruptedException {
    lastSampleNanos = System.nanoTime();
    Sample moved = onStreamTimeline(sample);
    boolean isVideo = videoTracks.contains(sample.trackId());
    replay.add(moved, isVideo);
    pipeline.sampleReceived(isVideo);
    TranscodeRun current = run;
    if (current == null) {
      if (isVideo && sample.sync()) {
        open(moved.ptsTicks()).write(moved);
      }
      return;
    }
    if (current.failure().isPresent()) {
      replaceWorker(current, current.failure().get());
      return; // the replay holds this sample too
    }
    current.write(moved);
    if (isVideo && sample.sync()) {
      replay.trimTo(current.deliveredUpToMillis());
    }
  }

  @Override
  public void end(EndReason reason) throws InterruptedException {
    TranscodeRun current = run;
    run = null;
    replay.clear();
    try {
      if (current != null) {
        endRun(current);
      }
    } finally {
      pipeline.sessionEnded(this, reason);
    }
  }

  private TranscodeRun open(long fromMillis)
      throws MediaFormatException, InterruptedException {
    if (anchor == null) {
      anchor = new Anchor(fromMillis, pipeline.now());
    }
    encodeFromMillis = fromMillis;
    TranscodeRun opened = pipeline.openRun(fromMillis, anchor);
    run = opened;
    opened.start(tracks);
    return opened;
  }

  private void replaceWorker(TranscodeRun failed, TranscodeFailure failure)
      throws MediaFormatException, InterruptedException {
    run = null;
    if (failure.sourceAtFault() || !restarts.allowsAfterFailure()) {
      pipeline.fail(failure.code(), failure.message());
      throw new MediaFormatException.Unsupported(failure.code(), failure.message());
    }
    log.warn("worker replaced: {} ({})", failure.message(), failure.code());
    pipeline.workerReplaced();
    if (!failed.awaitEnd(DRAIN_DEADLINE)) {
      throw new IllegalStateException("a failed worker has not ended");
    }
    long resumeMillis = pipeline.packager().breakEpoch().orElse(encodeFromMillis);
    replay.replayTo(open(resumeMillis).input());
  }

  /** Takes what the encoders still hold, then closes the epoch. */
  private void endRun(TranscodeRun current) throws InterruptedException {
    current.drain();
    if (!current.awaitEnd(DRAIN_DEADLINE)) {
      log.warn("the worker did not drain within {}", DRAIN_DEADLINE);
      current.stop();
    }
    if (current.failure().isPresent()) {
      pipeline.packager().breakEpoch();
    } else {
      pipeline.packager().endEpoch();
    }
  }

  private Sample onStreamTimeline(Sample sample) {
    return new Sample(
        sample.trackId(),
        sample.dtsTicks() + baseMillis,
        sample.ptsTicks() + baseMillis,
        sample.sync(),
        sample.data());
  }

  private static Set<Boolean> kinds(List<Track> tracks) {
    Set<Boolean> kinds = new HashSet<>();
    for (Track track : tracks) {
      if (!track.timescale().equals(Timescale.MILLISECONDS)) {
        throw new IllegalArgumentException("a live source counts milliseconds: " + track);
      }
      kinds.add(track.config().isVideo());
    }
    return kinds;
  }
}
