package io.streaminfa.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.auth.StreamKeyVerifier;
import io.streaminfa.ingest.PublishHandler;
import io.streaminfa.ingest.PublishRejected;
import io.streaminfa.ingest.PublishRejected.Reason;
import io.streaminfa.ingest.PublishRequest;
import io.streaminfa.ingest.PublishSession;
import io.streaminfa.packager.LivePackager;
import io.streaminfa.packager.LivePackagers;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.transcode.Transcoder;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every live stream that this process runs, and the door that publishers come in by. */
public final class LivePipelines implements PublishHandler {
  /** How long a deletion waits for a stream's encoders and storage to stop. */
  static final Duration DISCARD_DEADLINE = Duration.ofSeconds(20);

  private static final String SPOOL_FULL =
      "The object store is away, and no room is left for what waits for it.";

  private static final Logger log = LoggerFactory.getLogger(LivePipelines.class);

  /** How often a publisher may find the pipeline of one that left without media closing. */
  private static final int MAX_CLAIMS = 3;

  private final StreamKeyVerifier keys;
  private final LivePackagers packagers;
  private final ObjectStore store;
  private final LiveLimits limits;
  private final BooleanSupplier storeTakesMedia;
  private final PipelineEnvironment environment;
  private final ScheduledExecutorService scheduler;

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<StreamId, LivePipeline> running = new HashMap<>();

  @GuardedBy("lock")
  private boolean closed;

  /**
   * @param storeTakesMedia whether there is room for another stream; a running one whose media is
   *     refused while there is none is cut off
   */
  public LivePipelines(
      StreamRegistry registry,
      StreamKeyVerifier keys,
      Transcoder transcoder,
      LivePackagers packagers,
      ObjectStore store,
      LiveLimits limits,
      PipelineMetrics metrics,
      Clock clock,
      BooleanSupplier storeTakesMedia) {
    this.keys = keys;
    this.packagers = packagers;
    this.store = store;
    this.limits = limits;
    this.storeTakesMedia = storeTakesMedia;
    this.scheduler =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("pipeline-timer").factory());
    this.environment =
        new PipelineEnvironment(registry, transcoder, store, limits, metrics, scheduler, clock);
  }

  @Override
  public PublishSession open(PublishRequest request) throws PublishRejected, InterruptedException {
    Stream stream = authenticate(request);
    for (int i = 0; i < MAX_CLAIMS; i++) {
      Optional<PublishSession> session = pipelineOf(stream).attach(request);
      if (session.isPresent()) {
        return session.get();
      }
    }
    throw new PublishRejected(Reason.BUSY, "Other publishers come and go on this key.");
  }

  private Stream authenticate(PublishRequest request) throws PublishRejected {
    try {
      return switch (keys.verify(request.remoteAddress(), request.streamKey())) {
        case StreamKeyVerifier.Decision.Accepted(Stream stream) -> stream;
        case StreamKeyVerifier.Decision.UnknownKey() ->
            throw new PublishRejected(Reason.UNKNOWN_KEY, "No stream has this key.");
        case StreamKeyVerifier.Decision.StreamEnded() ->
            throw new PublishRejected(
                Reason.STREAM_ENDED, "This stream has ended; create a new one to publish again.");
        case StreamKeyVerifier.Decision.Blocked(Duration retryAfter) ->
            throw new PublishRejected(
                Reason.BLOCKED,
                "Too many wrong keys; try again in " + retryAfter.toSeconds() + " s.");
      };
    } catch (StreamException e) {
      throw new PublishRejected(
          Reason.NO_STORAGE, "The stream could not be made: " + e.getMessage());
    }
  }

  private LivePipeline pipelineOf(Stream stream) throws PublishRejected {
    lock.lock();
    try {
      if (closed) {
        throw new PublishRejected(Reason.SHUTTING_DOWN, "The server is shutting down.");
      }
      LivePipeline existing = running.get(stream.id());
      if (existing != null) {
        return existing;
      }
      requireTakesMedia(stream.id());
      if (live() >= limits.maxStreams()) {
        throw new PublishRejected(
            Reason.TOO_MANY_STREAMS,
            "This server carries at most " + limits.maxStreams() + " live streams at once.");
      }
      if (!storeTakesMedia.getAsBoolean()) {
        throw new PublishRejected(Reason.STORAGE_SPOOL_FULL, SPOOL_FULL);
      }
      LivePackager packager =
          packagers.open(
              stream.id(),
              () -> isRecorded(stream.id()),
              new PackagedSegments(
                  stream.id(), environment.registry(), () -> storageFull(stream.id())));
      LivePipeline made =
          new LivePipeline(stream.id(), packager, environment, () -> forget(stream.id()));
      running.put(stream.id(), made);
      return made;
    } finally {
      lock.unlock();
    }
  }

  /** Asked when the stream is live, from when on its record says the same for good. */
  private boolean isRecorded(StreamId id) {
    return environment.registry().find(id).map(Stream::record).orElse(false);
  }

  /** Streams with a publisher, or waiting for theirs. */
  public int liveStreams() {
    lock.lock();
    try {
      return live();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private int live() {
    return (int) running.values().stream().filter(LivePipeline::isLive).count();
  }

  /** The stream may have ended since its key was looked up, with a pipeline that is gone by now. */
  private void requireTakesMedia(StreamId id) throws PublishRejected {
    if (environment.registry().find(id).filter(s -> s.state().takesMedia()).isEmpty()) {
      throw new PublishRejected(
          Reason.STREAM_ENDED, "This stream has ended; create a new one to publish again.");
    }
  }

  /** What is stored and listed until now stays, and becomes the stream's recording. */
  private void storageFull(StreamId id) {
    LivePipeline pipeline = find(id);
    if (pipeline != null && !storeTakesMedia.getAsBoolean() && pipeline.isLive()) {
      log.error("storage_spool_full stream_id={}: the stream is cut off", id);
      pipeline.stop("storage_spool_full", SPOOL_FULL, false);
    }
  }

  private void forget(StreamId id) {
    lock.lock();
    try {
      running.remove(id);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable LivePipeline find(StreamId id) {
    lock.lock();
    try {
      return running.get(id);
    } finally {
      lock.unlock();
    }
  }

  /** Ends a live stream as a clean end would; false when it is not running. */
  public boolean stop(StreamId id) {
    LivePipeline pipeline = find(id);
    if (pipeline == null) {
      return false;
    }
    pipeline.stop("stream_stopped", "This stream was stopped.", false);
    return true;
  }

  /**
   * Stops what runs of a stream and deletes every object of it.
   *
   * @throws StorageException when some objects could not be deleted; calling again goes on
   */
  public ObjectStore.Deleted delete(StreamId id) throws StorageException, InterruptedException {
    LivePipeline pipeline = find(id);
    if (pipeline != null) {
      pipeline.discard();
      if (!pipeline.awaitOver(DISCARD_DEADLINE)) {
        throw new StorageException(
            StorageException.Kind.UNAVAILABLE,
            "the stream did not stop within " + DISCARD_DEADLINE);
      }
    }
    return store.deletePrefix(ObjectKey.streamPrefix(id.value()));
  }

  /**
   * Finalises every stream; publishers must have been let go before. Streams that are not done at
   * the deadline are left as they are.
   */
  public void close() throws InterruptedException {
    List<LivePipeline> all;
    lock.lock();
    try {
      closed = true;
      all = new ArrayList<>(running.values());
    } finally {
      lock.unlock();
    }
    long deadline = System.nanoTime() + limits.closeDeadline().toNanos();
    for (LivePipeline pipeline : all) {
      pipeline.stop("server_shutdown", "The server is shutting down.", true);
    }
    for (LivePipeline pipeline : all) {
      pipeline.awaitOver(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
    scheduler.shutdownNow();
  }
}
