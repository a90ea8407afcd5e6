package io.streaminfa.stream;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Every stream in memory: by its id, by its key, and counted. Any thread reads, without waiting;
 * one at a time writes.
 */
final class StreamIndex {
  private final ConcurrentMap<StreamId, Stream> streams = new ConcurrentHashMap<>();

  /**
   * The order of lists, because ids sort by creation. An id is here before its stream is, and as
   * long as it is.
   */
  private final NavigableSet<StreamId> order = new ConcurrentSkipListSet<>();

  /**
   * The newest stream of each key; an ended stream's key stays, so that its publisher hears why.
   */
  private final ConcurrentMap<KeyHash, StreamId> idsByKey = new ConcurrentHashMap<>();

  private final StreamCounts counts = new StreamCounts();

  Optional<Stream> find(StreamId id) {
    return Optional.ofNullable(streams.get(id));
  }

  Optional<Stream> newestOf(KeyHash hash) {
    return Optional.ofNullable(idsByKey.get(hash)).flatMap(this::find);
  }

  Collection<Stream> all() {
    return streams.values();
  }

  /** One page, newest first. */
  StreamPage list(StreamFilter filter, Optional<StreamId> after, int limit) {
    NavigableSet<StreamId> rest =
        after.map(id -> order.headSet(id, false)).orElse(order).descendingSet();
    List<Stream> page = new ArrayList<>();
    for (StreamId id : rest) {
      Stream stream = streams.get(id);
      if (stream != null && filter.accepts(stream)) {
        if (page.size() == limit) {
          return new StreamPage(page, Optional.of(page.getLast().id()), count(filter));
        }
        page.add(stream);
      }
    }
    return new StreamPage(page, Optional.empty(), count(filter));
  }

  long count(StreamFilter filter) {
    return counts.of(filter);
  }

  long size() {
    return counts.all();
  }

  /** Adds a stream, or replaces what it was before. */
  void put(Stream after) {
    Stream before = streams.get(after.id());
    if (before == null) {
      order.add(after.id());
    }
    streams.put(after.id(), after);
    counts.replaced(before, after);
    if (before == null || !before.keyHash().equals(after.keyHash())) {
      if (before != null) {
        before.keyHash().ifPresent(hash -> idsByKey.remove(hash, before.id()));
      }
      after.keyHash().ifPresent(hash -> idsByKey.put(hash, after.id()));
    }
  }

  void remove(Stream stream) {
    Stream removed = streams.remove(stream.id());
    if (removed != null) {
      counts.removed(removed);
    }
    order.remove(stream.id());
    stream.keyHash().ifPresent(hash -> idsByKey.remove(hash, stream.id()));
  }
}
