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
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.SourceInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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

  /** A publisher that has sent nothing for so long gives way to another. */
  static final Duration DEAD_AFTER = Duration.ofSeconds(5);

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
  private final RestartBudget restarts = new RestartBudget(System::nanoTime);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition phaseChanged = lock.newCondition();

  @GuardedBy("lock")
  private Phase phase = Phase.WAITING;

  @GuardedBy("lock")
  private @Nullable LiveSession session;

  @GuardedBy("lock")
  private @Nullable Future<?> window;

  @GuardedBy("lock")
  private boolean everLive;

  @GuardedBy("lock")
  private boolean failed;

  @GuardedBy("lock")
  private boolean stopping;

  @GuardedBy("lock")
  private boolean hurrying;

  @GuardedBy("lock")
  private boolean discarded;

  /**
   * @param onOver called once, when nothing of this pipeline runs any more
   */
  LivePipeline(
      StreamId id, LivePackager packager, PipelineEnvironment environment, Runnable onOver) {
    this.id = id;
    this.packager = packager;
    this.environment = environment;
    this.onOver = onOver;
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

  /** Claims the stream for a publisher, waiting for a dead one to be cleared away. */
  PublishSession attach(PublishRequest request) throws PublishRejected, InterruptedException {
    lock.lock();
    try {
      if (phase == Phase.PUBLISHING && session != null) {
        takeOver(session);
      }
      if (phase != Phase.WAITING) {
        throw new PublishRejected(
            phase == Phase.PUBLISHING
                ? PublishRejected.Reason.BUSY
                : PublishRejected.Reason.STREAM_ENDED,
            phase == Phase.PUBLISHING
                ? "another publisher is live on this key"
                : "this stream has ended; make a new one");
      }
      cancelWindow();
      phase = Phase.PUBLISHING;
      LiveSession claimed =
          new LiveSession(this, request.connectionId(), packager.timelineEndMillis(), restarts);
      session = claimed;
      environment.metrics().publisherCame();
      if (everLive) {
        tell(registry -> registry.publisherBack(id));
      }
      return claimed;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void takeOver(LiveSession old) throws PublishRejected, InterruptedException {
    if (old.silence().compareTo(DEAD_AFTER) < 0) {
      return;
    }
    log.info("publisher {} is silent and gives way to another", old.connectionId());
    old.cutOff("publisher_replaced", "Another publisher took over this stream.");
    long nanos = TAKEOVER_DEADLINE.toNanos();
    while (phase == Phase.PUBLISHING && nanos > 0) {
      nanos = phaseChanged.awaitNanos(nanos);
    }
  }

  TranscodeRun openRun(long encodeFromMillis, Anchor anchor) {
    return new TranscodeRun(
        id.value(),
        environment.transcoder(),
        packager,
        encodeFromMillis,
        anchor,
        this::renditionsPlanned);
  }

  private void renditionsPlanned(SourceInfo source, List<Rendition> renditions) {
    boolean first;
    lock.lock();
    try {
      first = !everLive;
      everLive = true;
    } finally {
      lock.unlock();
    }
    tell(
        registry -> {
          if (first) {
            registry.markLive(id);
          }
          return registry.describe(
              id, StreamDescriptions.mediaInfo(source), StreamDescriptions.renditions(renditions));
        });
  }

  void sampleReceived(boolean isVideo) {
    environment.metrics().sampleReceived(id.value(), isVideo);
  }

  void workerReplaced() {
    environment.metrics().workerReplaced();
  }

  /** The stream cannot go on; what was made of it stays playable. */
  void fail(String code, String message) {
    lock.lock();
    try {
      failed = true;
    } finally {
      lock.unlock();
    }
    log.error("stream failed: {} ({})", message, code);
    tell(registry -> registry.fail(id, code, message));
  }

  /** The session's media is all packaged; decides what comes next. */
  void sessionEnded(LiveSession ended, EndReason reason) {
    environment.metrics().publisherLeft();
    lock.lock();
    try {
      session = null;
      phase = Phase.WAITING;
      boolean comesBack = reason == EndReason.CONNECTION_LOST || reason == EndReason.REFUSED;
      if (comesBack
          && everLive
          && !failed
          && !stopping
          && !environment.limits().reconnectWindow().isZero()) {
        openWindow();
      } else {
        beginFinish();
      }
      phaseChanged.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void openWindow() {
    log.info("publisher lost; waiting {} for it", environment.limits().reconnectWindow());
    tell(registry -> registry.publisherLost(id));
    long windowMillis = environment.limits().reconnectWindow().toMillis();
    window =
        environment.scheduler().schedule(this::windowOver, windowMillis, TimeUnit.MILLISECONDS);
  }

  private void windowOver() {
    lock.lock();
    try {
      if (phase == Phase.WAITING) {
        log.info("the publisher did not come back");
        beginFinish();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the stream as a clean end of its publisher would, and returns at once.
   *
   * @param code told to a connected publisher
   * @param hurry whether the recording may replace the live playlist at once
   */
  void stop(String code, String description, boolean hurry) {
    lock.lock();
    try {
      stopping = true;
      hurrying |= hurry;
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
    lock.lock();
    try {
      discarded = true;
    } finally {
      lock.unlock();
    }
    stop("stream_deleted", "This stream was deleted.", true);
  }

  boolean isDiscarded() {
    lock.lock();
    try {
      return discarded;
    } finally {
      lock.unlock();
    }
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
    cancelWindow();
    phase = Phase.FINISHING;
    Thread.ofVirtual().name("finish-" + id).start(this::finish);
  }

  private void finish() {
    try (var _ = LogContext.ofStream(id.value())) {
      if (isDiscarded() || !wasLive()) {
        return; // nothing was published: a pending stream may still be used
      }
      finishMedia();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (StorageException e) {
      log.error("the recording could not be stored", e);
      fail(
          "storage_" + e.kind().name().toLowerCase(Locale.ROOT),
          "The recording could not be stored: " + e.getMessage());
    } finally {
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
  }

  private void finishMedia() throws StorageException, InterruptedException {
    boolean wasFailed = hasFailed();
    if (!wasFailed) {
      tell(registry -> registry.processing(id));
    }
    packager.finish();
    awaitGrace();
    if (isDiscarded()) {
      return;
    }
    packager.publishRecording();
    if (!wasFailed) {
      tell(registry -> registry.ready(id, packager.duration()));
    }
  }

  /**
   * A player that has the live playlist must see its end before the recording, whose media sequence
   * starts again at zero, takes the same URL (rule 3 of HLS: the sequence never falls).
   */
  private void awaitGrace() throws InterruptedException {
    lock.lock();
    try {
      long nanos = environment.limits().endingGrace().toNanos();
      while (!hurrying && nanos > 0) {
        nanos = phaseChanged.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean wasLive() {
    lock.lock();
    try {
      return everLive;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasFailed() {
    lock.lock();
    try {
      return failed;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void cancelWindow() {
    if (window != null) {
      window.cancel(false);
      window = null;
    }
  }

  /** The registry refuses what a deletion has overtaken; that is not this pipeline's failure. */
  private void tell(RegistryChange change) {
    try {
      change.on(environment.registry());
    } catch (StreamException e) {
      log.warn("the stream's state did not follow: {}", e.getMessage());
    }
  }

  @FunctionalInterface
  private interface RegistryChange {
    Object on(StreamRegistry registry) throws StreamException;
  }
}
