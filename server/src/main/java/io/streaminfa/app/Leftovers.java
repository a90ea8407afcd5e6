package io.streaminfa.app;

import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.Retention;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamEvent;
import io.streaminfa.stream.StreamFilter;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamListener;
import io.streaminfa.stream.StreamPage;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.stream.StreamState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What streams leave that have failed: it goes when the retention is over. The registry says which
 * streams these are. A look through the store after each start finds what a crash has kept from
 * being noted, or from being deleted.
 */
final class Leftovers implements StreamListener, AutoCloseable {
  /** A stream that has just failed may still be writing its last playlists. */
  static final Duration LEAST_RETENTION = Duration.ofMinutes(2);

  private static final int PAGE = 1_000;

  /** Unknown streams that are named in the log. */
  private static final int NAMED = 3;

  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

  private final StreamRegistry streams;
  private final ObjectStore store;
  private final Retention retention;
  private final Duration kept;
  private final Clock clock;
  private final Thread sweep;

  Leftovers(
      StreamRegistry streams,
      ObjectStore store,
      Retention retention,
      Duration segmentRetention,
      Clock clock) {
    this.streams = streams;
    this.store = store;
    this.retention = retention;
    this.kept =
        segmentRetention.compareTo(LEAST_RETENTION) > 0 ? segmentRetention : LEAST_RETENTION;
    this.clock = clock;
    this.sweep = Thread.ofVirtual().name("sweep").unstarted(this::sweep);
  }

  void start() {
    streams.addListener(this);
    sweep.start();
  }

  @Override
  public void changed(long number, StreamEvent event, Stream after) {
    if (event instanceof StreamEvent.Failed failed) {
      retention.expirePrefix(ObjectKey.streamPrefix(after.id().value()), failed.at().plus(kept));
    }
  }

  private void sweep() {
    try {
      int found = sweep(StreamState.ERROR) + sweep(StreamState.DELETED);
      if (found > 0) {
        log.info("{} streams that failed or are deleted have left objects", found);
      }
      reportUnknown();
    } catch (StorageException e) {
      log.warn("what an earlier run left could not all be looked for: {}", e.getMessage());
    } catch (InterruptedException e) {
      log.debug("stopping");
    }
  }

  private int sweep(StreamState state) throws StorageException, InterruptedException {
    int found = 0;
    StreamFilter filter = new StreamFilter(Optional.of(state), Optional.empty());
    Optional<StreamId> after = Optional.empty();
    do {
      StreamPage page = streams.list(filter, after, StreamRegistry.MAX_PAGE);
      for (Stream stream : page.streams()) {
        String prefix = ObjectKey.streamPrefix(stream.id().value());
        if (!store.list(prefix, Optional.empty(), 1).isEmpty()) {
          retention.expirePrefix(prefix, due(stream));
          found++;
        }
      }
      after = page.next();
    } while (after.isPresent());
    return found;
  }

  private Instant due(Stream stream) {
    return stream.state() == StreamState.DELETED ? clock.instant() : stream.updatedAt().plus(kept);
  }

  /**
   * Objects of streams that the registry does not know are never deleted: the registry may have
   * been lost, or brought back from a backup, and the bucket may be somebody else's too.
   */
  private void reportUnknown() throws StorageException, InterruptedException {
    int unknown = 0;
    List<String> first = new ArrayList<>();
    List<String> page = store.streams(Optional.empty(), PAGE);
    while (!page.isEmpty()) {
      for (String name : page) {
        if (isUnknown(name)) {
          unknown++;
          if (first.size() < NAMED) {
            first.add(name);
          }
        }
      }
      page = store.streams(Optional.of(page.getLast()), PAGE);
    }
    if (unknown > 0) {
      log.warn(
          "streams_unknown count={}: objects of streams that are not in the state database are"
              + " left alone, among them {}",
          unknown,
          first);
    }
  }

  private boolean isUnknown(String name) throws StorageException, InterruptedException {
    return StreamId.parse(name).filter(id -> streams.find(id).isEmpty()).isPresent()
        && !store.list(ObjectKey.streamPrefix(name), Optional.empty(), 1).isEmpty();
  }

  @Override
  public void close() {
    sweep.interrupt();
  }
}
