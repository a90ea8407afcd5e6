package io.streaminfa.pipeline;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One publisher's time on a stream. Its clock starts near zero with each connection; here it is
 * moved to where the stream's timeline had got to. A worker that dies is replaced under it, on the
 * publisher's own thread, so there is one owner of the input at any moment.
 */
final class LiveSession implements PublishSession {
  private static final Logger log = LoggerFactory.getLogger(LiveSession.class);

  /**
   * How long the encoders may take to give back what they hold. A worker that makes no progress is
   * found out long before; this is for a machine that is far behind its live streams.
   */
  static final Duration DRAIN_DEADLINE = Duration.ofSeconds(60);

  /** How long a killed worker's last output may take to be packaged. */
  static final Duration STOP_DEADLINE = Duration.ofSeconds(10);

  private final LivePipeline pipeline;
  private final String connectionId;
  private final ReplayBuffer replay = new ReplayBuffer();
  private final RestartBudget restarts;
  private final AtomicReference<@Nullable CutOff> cutOffListener = new AtomicReference<>();
  private final AtomicReference<@Nullable Ending> wantedEnding = new AtomicReference<>();
  private final long baseMillis;

  // Read by a second publisher that wants to know whether this one still lives.
  private volatile long lastSampleNanos;
  private volatile boolean isWriting;
  private volatile boolean isEnding;

  private List<Track> tracks = List.of();
  private Set<Integer> videoTracks = Set.of();
  private @Nullable TranscodeRun run;
  private @Nullable Anchor anchor;
  private long encodeFromMillis;

  /** What the publisher is to be told. */
  private record Ending(String code, String description) {}

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
    cutOffListener.set(listener);
    passOnCutOff();
  }

  /** Ends the connection from the server's side; safe from any thread, at any time. */
  void cutOff(String code, String description) {
    wantedEnding.set(new Ending(code, description));
    passOnCutOff();
  }

  /** Called by both sides, as the wish may be there before the one who can fulfil it. */
  private void passOnCutOff() {
    CutOff listener = cutOffListener.get();
    if (listener == null) {
      return;
    }
    Ending ending = wantedEnding.getAndSet(null);
    if (ending != null) {
      listener.cutOff(ending.code(), ending.description());
    }
  }

  /** How long the publisher has sent no media; none while its media is being taken. */
  Duration silence() {
    return isWriting ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - lastSampleNanos);
  }

  /** Whether the publisher is gone and its last media is being packaged. */
  boolean isEnding() {
    return isEnding;
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
    if (current != null && !sameKinds) {
      run = null;
      endRun(current);
      replay.clear();
    }
    replay.start(tracks);
    if (current != null && sameKinds) {
      current.start(tracks);
    }
  }

  @Override
  public void write(Sample sample) throws MediaFormatException, InterruptedException {
    isWriting = true;
    try {
      take(onStreamTimeline(sample), videoTracks.contains(sample.trackId()));
    } finally {
      lastSampleNanos = System.nanoTime();
      isWriting = false;
    }
  }

  private void take(Sample sample, boolean isVideo)
      throws MediaFormatException, InterruptedException {
    replay.add(sample, isVideo);
    pipeline.sampleReceived(isVideo, sample.sizeBytes());
    boolean isKeyFrame = isVideo && sample.sync();
    TranscodeRun current = run;
    if (current == null) {
      if (isKeyFrame) {
        open(sample.ptsTicks());
      }
      return;
    }
    Optional<TranscodeFailure> failure = current.failure();
    if (failure.isPresent()) {
      replaceWorker(current, failure.get());
      return; // the replay holds this sample too
    }
    current.write(sample);
    if (isKeyFrame) {
      // A worker that dies is replaced from the end of the last complete segment on at the latest.
      replay.trimTo(pipeline.packager().timelineEndMillis());
    }
  }

  @Override
  public void end(EndReason reason) throws InterruptedException {
    isEnding = true;
    try {
      TranscodeRun current = run;
      if (current != null) {
        endLastRun(current, reason);
      }
    } finally {
      run = null;
      replay.clear();
      pipeline.sessionEnded(reason);
    }
  }

  /** A worker that dies at the very end is replaced like any other, but only once. */
  private void endLastRun(TranscodeRun last, EndReason reason) throws InterruptedException {
    awaitEnd(last);
    Optional<TranscodeFailure> failure = last.failure();
    if (failure.isEmpty() || reason == EndReason.SHUTDOWN || pipeline.isDiscarded()) {
      endEpoch(last);
      return;
    }
    try {
      endRun(replaceWorker(last, failure.get()));
    } catch (MediaFormatException e) {
      log.debug("the stream has failed at its end", e);
    }
  }

  /** Encodes what the replay holds from {@code fromMillis} on. */
  @CanIgnoreReturnValue
  private TranscodeRun open(long fromMillis) throws MediaFormatException, InterruptedException {
    if (anchor == null) {
      anchor = new Anchor(fromMillis, pipeline.now());
    }
    encodeFromMillis = fromMillis;
    TranscodeRun opened = pipeline.openRun(fromMillis, anchor);
    run = opened;
    replay.replayTo(opened.input());
    return opened;
  }

  @CanIgnoreReturnValue
  private TranscodeRun replaceWorker(TranscodeRun failed, TranscodeFailure failure)
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
    long fromMillis = pipeline.packager().breakEpoch().orElse(encodeFromMillis);
    log.info("another worker goes on from {} ms", fromMillis);
    return open(fromMillis);
  }

  /** Takes what the encoders still hold, then closes the epoch. */
  private void endRun(TranscodeRun current) throws InterruptedException {
    awaitEnd(current);
    endEpoch(current);
  }

  private void endEpoch(TranscodeRun ended) throws InterruptedException {
    if (pipeline.isDiscarded()) {
      return;
    }
    if (ended.failure().isPresent()) {
      pipeline.packager().breakEpoch();
    } else {
      pipeline.packager().endEpoch();
    }
  }

  /** Afterwards the packager is this thread's again. */
  private void awaitEnd(TranscodeRun current) throws InterruptedException {
    boolean over = false;
    try {
      if (pipeline.isDiscarded()) {
        current.stop();
      } else {
        current.drain();
      }
      over = current.awaitEnd(DRAIN_DEADLINE);
    } finally {
      if (!over) {
        log.warn("the worker was stopped before all was encoded");
        if (!current.abandon(STOP_DEADLINE)) {
          log.error("the worker's output is stuck in the packager");
        }
      }
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
