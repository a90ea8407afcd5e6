package io.streaminfa.stream;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Every stream in memory: by its id, by its key, and counted. Any thread reads, without waiting;
 * one at a time writes.
 */
final class StreamIndex {
  /** Ids sort by creation, so this is the order of lists. */
  private final NavigableMap<StreamId, Stream> streams = new ConcurrentSkipListMap<>();

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
    NavigableMap<StreamId, Stream> rest =
        after.map(id -> streams.headMap(id, false)).orElse(streams).descendingMap();
    List<Stream> page = new ArrayList<>();
    for (Stream stream : rest.values()) {
      if (filter.accepts(stream)) {
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
    Stream before = streams.put(after.id(), after);
    if (before != null) {
      counts.removed(before);
    }
    counts.added(after);
    if (before == null || !before.keyHash().equals(after.keyHash())) {
      if (before != null) {
        before.keyHash().ifPresent(hash -> idsByKey.remove(hash, before.id()));
      }
      after.keyHash().ifPresent(hash -> idsByKey.put(hash, after.id()));
    }
  }

  void remove(Stream stream) {
    if (streams.remove(stream.id()) != null) {
      counts.removed(stream);
    }
    stream.keyHash().ifPresent(hash -> idsByKey.remove(hash, stream.id()));
  }
}
