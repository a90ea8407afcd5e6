package io.streaminfa.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.ingest.PublishRejected;
import io.streaminfa.ingest.PublishRequest;
import io.streaminfa.ingest.PublishSession;
import io.streaminfa.media.EndReason;
import io.streaminfa.observability.LogContext;
import io.streaminfa.packager.Anchor;
import io.streaminfa.packager.LivePackager;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.SourceInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One live stream from its first publisher to its last segment. It outlives its publishers: between
 * two of them it waits in the reconnect window with its playlists in place.
 *
 * <pre>
 *   WAITING ──attach──► PUBLISHING ──lost──► WAITING ──window over──► FINISHING ──► OVER
 *                            └──────clean end, stop, shutdown──────────►┘
 * </pre>
 */
final class LivePipeline {
  private static final Logger log = LoggerFactory.getLogger(LivePipeline.class);

  /** How long a publisher that takes over waits for the old one's encoders to drain. */
  static final Duration TAKEOVER_DEADLINE = Duration.ofSeconds(15);

  private enum Phase {
    WAITING,
    PUBLISHING,
    FINISHING,
    OVER
  }

  private final StreamId id;
  private final LivePackager packager;
  private final PipelineEnvironment environment;
  private final Runnable onOver;
  private final StreamRecord record;
  private final SourceMetrics source;
  private final StreamEnding ending;
  private final RestartBudget restarts = new RestartBudget(System::nanoTime);

  // Each becomes true once. Read without the lock, which may be held while the registry saves.
  private volatile boolean everLive;
  private volatile boolean failed;
  private volatile boolean discarded;
  private volatile boolean finishing;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition phaseChanged = lock.newCondition();

  @GuardedBy("lock")
  private Phase phase = Phase.WAITING;

  @GuardedBy("lock")
  private @Nullable LiveSession session;

  @GuardedBy("lock")
  private final ReconnectWindow window;

  /** Publishers that wait for the one before them to be cleared away. */
  @GuardedBy("lock")
  private int claimants;

  @GuardedBy("lock")
  private boolean stopping;

  /**
   * @param onOver called once, when nothing of this pipeline runs any more
   */
  LivePipeline(
      StreamId id, LivePackager packager, PipelineEnvironment environment, Runnable onOver) {
    this.id = id;
    this.packager = packager;
    this.environment = environment;
    this.onOver = onOver;
    this.record = new StreamRecord(id, environment.registry());
    this.ending = new StreamEnding(id, packager, environment);
    this.window =
        new ReconnectWindow(environment.scheduler(), environment.limits().reconnectWindow());
    this.source = environment.metrics().sourceOf(id.value());
  }

  StreamId id() {
    return id;
  }

  LivePackager packager() {
    return packager;
  }

  Instant now() {
    return environment.clock().instant();
  }

  /**
   * Claims the stream for a publisher, waiting for a dead one to be cleared away.
   *
   * @return empty when this pipeline is over and never had media, so that another may be made
   */
  Optional<PublishSession> attach(PublishRequest request)
      throws PublishRejected, InterruptedException {
    try (var _ = LogContext.ofStream(id.value())) {
      lock.lock();
      try {
        return claim(request);
      } finally {
        lock.unlock();
      }
    }
  }

  @GuardedBy("lock")
  private Optional<PublishSession> claim(PublishRequest request)
      throws PublishRejected, InterruptedException {
    if (session != null) {
      takeOver(session);
    }
    return switch (phase) {
      case WAITING -> Optional.of(newSession(request.connectionId()));
      case PUBLISHING ->
          throw new PublishRejected(
              PublishRejected.Reason.BUSY, "another publisher is live on this key");
      case FINISHING, OVER -> {
        if (everLive || failed || stopping || !awaitOver(TAKEOVER_DEADLINE)) {
          throw new PublishRejected(
              PublishRejected.Reason.STREAM_ENDED, "this stream has ended; make a new one");
        }
        yield Optional.empty();
      }
    };
  }

  @GuardedBy("lock")
  private LiveSession newSession(String connectionId) {
    window.close();
    phase = Phase.PUBLISHING;
    LiveSession claimed =
        new LiveSession(this, connectionId, packager.timelineEndMillis(), restarts);
    session = claimed;
    environment.metrics().publisherCame();
    if (everLive) {
      record.publisherBack();
    }
    return claimed;
  }

  /** Waits for a publisher that is gone, or as good as gone, and for nobody else. */
  @GuardedBy("lock")
  private void takeOver(LiveSession old) throws InterruptedException {
    if (!old.isEnding()) {
      if (old.silence().compareTo(environment.limits().deadAfter()) < 0) {
        return;
      }
      log.info("publisher {} is silent and gives way to another", old.connectionId());
      old.cutOff("publisher_replaced", "Another publisher took over this stream.");
    }
    claimants++;
    try {
      long nanos = TAKEOVER_DEADLINE.toNanos();
      while (session == old && nanos > 0) {
        nanos = phaseChanged.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      if (claimants == 1 && session == null && phase == Phase.WAITING) {
        awaitPublisher();
      }
      throw e;
    } finally {
      claimants--;
    }
  }

  TranscodeRun openRun(long encodeFromMillis, Anchor anchor) {
    return new TranscodeRun(this, environment.transcoder(), encodeFromMillis, anchor);
  }

  /** Tells what the worker will make, before its first sample. */
  void renditionsPlanned(SourceInfo source, List<Rendition> renditions) {
    if (!everLive) {
      everLive = true;
      record.live();
    }
    record.describe(source, renditions);
    log.info(
        "{} {} at {} per second becomes {}",
        source.videoCodec(),
        source.displaySize(),
        source.frameRate(),
        renditions.stream().map(Rendition::name).toList());
  }

  void sampleReceived(boolean isVideo, int bytes) {
    source.received(isVideo, bytes);
  }

  void workerReplaced() {
    environment.metrics().workerReplaced();
  }

  /** The stream cannot go on; what was made of it stays playable. */
  void fail(String code, String message) {
    failed = true;
    log.error("stream failed: {} ({})", message, code);
    record.failed(code, message);
  }

  /** The session's media is all packaged; decides what comes next. */
  void sessionEnded(EndReason reason) {
    environment.metrics().publisherLeft();
    lock.lock();
    try {
      session = null;
      phase = Phase.WAITING;
      boolean comesBack = reason == EndReason.CONNECTION_LOST || reason == EndReason.REFUSED;
      if (!comesBack || failed || stopping) {
        beginFinish();
      } else if (claimants == 0) {
        awaitPublisher();
      }
      phaseChanged.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void awaitPublisher() {
    if (!everLive || window.patience().isZero()) {
      beginFinish();
      return;
    }
    log.info("publisher lost; waiting {} s for it", window.patience().toSeconds());
    record.publisherLost();
    window.open(this::windowOver);
  }

  private void windowOver(int number) {
    try (var _ = LogContext.ofStream(id.value())) {
      lock.lock();
      try {
        if (phase == Phase.WAITING && window.isOpen(number)) {
          log.info("the publisher did not come back");
          beginFinish();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Ends the stream as a clean end of its publisher would, and returns at once.
   *
   * @param code told to a connected publisher
   * @param inHurry whether the recording may replace the live playlist at once
   */
  void stop(String code, String description, boolean inHurry) {
    if (inHurry) {
      ending.hurry();
    }
    lock.lock();
    try {
      stopping = true;
      phaseChanged.signalAll();
      if (session != null) {
        session.cutOff(code, description);
      } else if (phase == Phase.WAITING) {
        beginFinish();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Stops what runs and keeps nothing; the objects are the caller's to delete. */
  void discard() {
    discarded = true;
    packager.close(); // frees encoders that wait for a store that hangs
    stop("stream_deleted", "This stream was deleted.", true);
  }

  /**
   * Whether a publisher is there or waited for; what is only finished takes no publisher's place.
   */
  boolean isLive() {
    return !finishing;
  }

  boolean isDiscarded() {
    return discarded;
  }

  /** Whether nothing of this pipeline runs any more, waiting up to {@code deadline} for it. */
  boolean awaitOver(Duration deadline) throws InterruptedException {
    lock.lock();
    try {
      long nanos = deadline.toNanos();
      while (phase != Phase.OVER && nanos > 0) {
        nanos = phaseChanged.awaitNanos(nanos);
      }
      return phase == Phase.OVER;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void beginFinish() {
    window.close();
    phase = Phase.FINISHING;
    finishing = true;
    Thread.ofVirtual().name("finish-" + id).start(this::finish);
  }

  private void finish() {
    try (var _ = LogContext.ofStream(id.value())) {
      try {
        if (!discarded && everLive) { // without media a pending stream may still be used
          finishMedia();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (StorageException e) {
        log.error("the recording could not be stored", e);
        fail(
            "storage_" + e.kind().name().toLowerCase(Locale.ROOT),
            "The recording could not be stored: " + e.getMessage());
      } catch (RuntimeException e) {
        if (!discarded) { // a deletion closes the packager at any time
          fail("internal_error", "The stream could not be finished: " + e);
          throw e;
        }
      } finally {
        leave();
      }
    }
  }

  private void leave() {
    packager.close();
    environment.metrics().streamOver(id.value());
    onOver.run();
    lock.lock();
    try {
      phase = Phase.OVER;
      phaseChanged.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void finishMedia() throws StorageException, InterruptedException {
    boolean wasFailed = failed;
    if (!wasFailed) {
      record.processing();
    }
    boolean published = ending.conclude(() -> discarded);
    if (published && !wasFailed) {
      record.ready(packager.duration());
    }
  }
}
