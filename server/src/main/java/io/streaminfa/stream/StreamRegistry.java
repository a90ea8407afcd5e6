package io.streaminfa.stream;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every stream that the server knows: a view in memory, written through to a {@link StreamStore}.
 *
 * <p>Reads take no lock and never block. Changes are serialised by one lock that is held while the
 * store saves, so that events are numbered, saved and told in one order; those that wait meanwhile
 * are saved together next. A change that the store could not save did not happen. How far a stream
 * is ({@link #segmentProduced}, {@link #progress}) is kept in memory and saved with the stream's
 * next change or tenth: the pipeline, not this record, knows where to go on after a crash.
 */
public final class StreamRegistry {
  private static final Logger log = LoggerFactory.getLogger(StreamRegistry.class);

  /** Streams kept at once, deleted ones of the last day included. */
  public static final int MAX_STREAMS = 1_000_000;

  /** The largest page of {@link #list}. */
  public static final int MAX_PAGE = 200;

  /** How long a deleted stream's record stays. */
  public static final Duration DELETED_RECORD_LIFETIME = Duration.ofHours(24);

  private final StreamStore store;
  private final Clock clock;
  private final StreamDefaults defaults;

  /** Written under the lock, read by anyone. */
  private final StreamIndex streams = new StreamIndex();

  private final ReentrantLock changes = new ReentrantLock();
  private final ChangeLine line;

  private StreamRegistry(StreamStore store, Clock clock, StreamDefaults defaults) {
    this.store = store;
    this.clock = clock;
    this.defaults = defaults;
    line = new ChangeLine(store, streams, changes);
  }

  /**
   * Loads what the store has. Streams that were being published to when the last process ended have
   * lost their publisher.
   */
  public static StreamRegistry open(StreamStore store, Clock clock, StreamDefaults defaults)
      throws StreamException {
    StreamRegistry registry = new StreamRegistry(store, clock, defaults);
    registry.load();
    return registry;
  }

  private void load() throws StreamException {
    List<Stream> loaded = new ArrayList<>(store.loadAll());
    loaded.sort((a, b) -> a.id().compareTo(b.id()));
    changes.lock();
    try {
      for (Stream stream : loaded) {
        streams.put(stream);
      }
    } finally {
      changes.unlock();
    }
    for (Stream stream : loaded) {
      if (stream.publishing()) {
        publisherLost(stream.id());
      }
    }
  }

  /** Adds a listener for the life of the registry. */
  public void addListener(StreamListener listener) {
    line.addListener(listener);
  }

  public Optional<Stream> find(StreamId id) {
    return streams.find(id);
  }

  /** The newest stream that this key belongs to, whatever its state. */
  public Optional<Stream> findByKey(String presentedKey) {
    return streams.newestOf(KeyHash.of(presentedKey));
  }

  /**
   * One page of the streams, newest first.
   *
   * @param after the last stream of the page before, which need not exist any more
   * @param limit 1 to {@link #MAX_PAGE}
   */
  public StreamPage list(StreamFilter filter, Optional<StreamId> after, int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new IllegalArgumentException("limit: " + limit);
    }
    return streams.list(filter, after, limit);
  }

  /** How many streams there are now. */
  public long count(StreamFilter filter) {
    return streams.count(filter);
  }

  /** Makes a stream; an RTMP stream's key is in the answer and nowhere else. */
  public NewStream.Made create(NewStream wanted) throws StreamException {
    Optional<StreamKey> key =
        switch (wanted.ingestType()) {
          case RTMP -> Optional.of(StreamKey.create());
          case UPLOAD -> Optional.empty();
        };
    PendingChange creation =
        new PendingChange(
            Optional.empty(), newcomers -> created(wanted, key.map(StreamKey::hash), newcomers));
    return new NewStream.Made(line.make(creation), key);
  }

  /**
   * What a presented key opens. A key of the settings makes its stream here, and a new one when its
   * last one takes no more media; until that one goes live, every further attempt gets the same
   * pending stream. Whether another publisher is connected is for the caller to find out.
   */
  public PublishTarget resolveForPublish(String presentedKey) throws StreamException {
    KeyHash hash = KeyHash.of(presentedKey);
    if (!defaults.ingestKeys().contains(hash)) {
      return streams
          .newestOf(hash)
          .map(StreamRegistry::target)
          .orElse(new PublishTarget.Refused(PublishTarget.Reason.UNKNOWN_KEY));
    }
    NewStream wanted = new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty());
    PendingChange resolution =
        new PendingChange(
            Optional.of(hash),
            newcomers -> {
              Optional<Stream> newest =
                  streams.newestOf(hash).filter(stream -> stream.state().takesMedia());
              return newest.isPresent()
                  ? PendingChange.Step.none(newest.get())
                  : created(wanted, Optional.of(hash), newcomers);
            });
    return new PublishTarget.Open(line.make(resolution));
  }

  private static PublishTarget target(Stream stream) {
    return switch (stream.state()) {
      case PENDING, LIVE -> new PublishTarget.Open(stream);
      case PROCESSING, READY, ERROR -> new PublishTarget.Refused(PublishTarget.Reason.ENDED);
      case DELETED -> new PublishTarget.Refused(PublishTarget.Reason.DELETED);
    };
  }

  /** Its publisher's first media arrived. Only a pending RTMP stream can. */
  @CanIgnoreReturnValue
  public Stream markLive(StreamId id) throws StreamException {
    return change(id, Transitions.markLive());
  }

  /** The connection of a live stream is gone; no effect when it was already. */
  @CanIgnoreReturnValue
  public Stream publisherLost(StreamId id) throws StreamException {
    return change(id, Transitions.publisherLost());
  }

  /** A live stream has a publisher again; no effect when it has one. */
  @CanIgnoreReturnValue
  public Stream publisherBack(StreamId id) throws StreamException {
    return change(id, Transitions.publisherBack());
  }

  /** The source is known, and what is made of it. A later call replaces both. */
  @CanIgnoreReturnValue
  public Stream describe(StreamId id, MediaInfo mediaInfo, List<StreamRendition> renditions)
      throws StreamException {
    return change(id, Transitions.describe(mediaInfo, renditions));
  }

  /** No more media arrives. From live, or from pending for uploads. */
  @CanIgnoreReturnValue
  public Stream processing(StreamId id) throws StreamException {
    return change(id, Transitions.processing());
  }

  /**
   * A pending upload is complete: it is processed from now on, and the job of doing so is in the
   * queue. Both are saved, or neither.
   *
   * @param source the upload's file, to be left alone until the job is over
   */
  @CanIgnoreReturnValue
  public Stream processing(StreamId id, SourceFile source) throws StreamException {
    return change(id, Transitions.processingUpload(), Optional.of(source));
  }

  /** Everything is done; active renditions are complete. */
  @CanIgnoreReturnValue
  public Stream ready(StreamId id, Duration duration) throws StreamException {
    return change(id, Transitions.ready(duration));
  }

  /**
   * The stream is given up; active renditions failed.
   *
   * @param code snake_case and stable
   */
  @CanIgnoreReturnValue
  public Stream fail(StreamId id, String code, String message) throws StreamException {
    return change(id, Transitions.fail(new StreamFailure(code, message)));
  }

  /** The record becomes deleted; no effect when it is. Media and pipeline are the caller's. */
  @CanIgnoreReturnValue
  public Stream delete(StreamId id) throws StreamException {
    return change(id, Transitions.delete());
  }

  /** Replaces what is present. */
  @CanIgnoreReturnValue
  public Stream edit(StreamId id, Optional<Metadata> metadata, Optional<Boolean> record)
      throws StreamException {
    return change(id, Transitions.edit(metadata, record));
  }

  /** Gives the stream a new key; the old one opens nothing from now on. */
  public NewStream.Made rotateKey(StreamId id) throws StreamException {
    StreamKey key = StreamKey.create();
    Stream after = change(id, Transitions.rotateKey(key.hash(), defaults));
    return new NewStream.Made(after, Optional.of(key));
  }

  /** Counts one more segment of a rendition; no effect when the stream or rendition is gone. */
  public void segmentProduced(StreamId id, String rendition) {
    report(
        id,
        stream -> {
          List<StreamRendition> counted = new ArrayList<>(stream.renditions());
          counted.replaceAll(
              r ->
                  r.name().equals(rendition)
                      ? r.withSegmentsProduced(r.segmentsProduced() + 1)
                      : r);
          return stream.toBuilder().renditions(counted).build();
        });
  }

  /**
   * How much of a stream's processing is done; no effect when the stream is gone. Each tenth is
   * saved and told; one that cannot be saved is not told, and the work goes on.
   *
   * @param fraction 0 to 1
   * @param remaining how long the rest is going to take; empty while that cannot be said
   */
  public void progress(StreamId id, double fraction, Optional<Duration> remaining) {
    try {
      change(id, (before, now) -> Transitions.progress(before, fraction, now));
    } catch (StreamException.NotFound e) {
      return;
    } catch (StreamException e) {
      log.warn("progress_not_saved stream_id={} reason={}", id, e.getMessage());
      return; // the next report of this tenth tries again
    }
    report(
        id,
        stream -> stream.toBuilder().progress(fraction).remaining(remaining.orElse(null)).build());
  }

  private void report(StreamId id, UnaryOperator<Stream> change) {
    changes.lock();
    try {
      Stream before = streams.find(id).orElse(null);
      if (before != null && before.state() != StreamState.DELETED) {
        streams.put(change.apply(before));
      }
    } finally {
      changes.unlock();
    }
  }

  /**
   * Forgets the records of streams that were deleted {@link #DELETED_RECORD_LIFETIME} ago or
   * earlier.
   *
   * @return how many
   */
  @CanIgnoreReturnValue
  public int purge(Instant now) throws StreamException {
    Instant limit = now.minus(DELETED_RECORD_LIFETIME);
    int purged = 0;
    for (Stream stream : streams.all()) {
      if (stream.deletedAt().map(at -> !at.isAfter(limit)).orElse(false)) {
        forget(stream);
        purged++;
      }
    }
    return purged;
  }

  private void forget(Stream stream) throws StreamException {
    changes.lock();
    try {
      store.remove(stream.id());
      streams.remove(stream);
    } finally {
      changes.unlock();
    }
  }

  private Stream change(StreamId id, Transitions.Rule rule) throws StreamException {
    return change(id, rule, Optional.empty());
  }

  private Stream change(StreamId id, Transitions.Rule rule, Optional<SourceFile> source)
      throws StreamException {
    return line.make(new PendingChange(Optional.of(id), _ -> changed(id, rule, source)));
  }

  private PendingChange.Step changed(
      StreamId id, Transitions.Rule rule, Optional<SourceFile> source) throws StreamException {
    Stream before = streams.find(id).orElse(null);
    if (before == null) {
      throw new StreamException.NotFound(id);
    }
    Transitions.Change change = rule.apply(before, now()).orElse(null);
    return change == null
        ? PendingChange.Step.none(before)
        : new PendingChange.Step(change.after(), Optional.of(change.event()), source);
  }

  private PendingChange.Step created(NewStream wanted, Optional<KeyHash> key, int newcomers)
      throws StreamException {
    if (streams.size() + newcomers >= MAX_STREAMS) {
      throw new StreamException.LimitReached();
    }
    Stream.Builder builder =
        Stream.builder(StreamId.create(clock), wanted.ingestType(), now())
            .metadata(wanted.metadata())
            .record(
                wanted
                    .record()
                    .orElse(wanted.ingestType() == IngestType.UPLOAD || defaults.recordLive()));
    key.ifPresent(builder::keyHash);
    Stream stream = builder.build();
    return new PendingChange.Step(
        stream,
        Optional.of(new StreamEvent.Created(stream.id(), stream.createdAt(), stream.ingestType())),
        Optional.empty());
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }
}
