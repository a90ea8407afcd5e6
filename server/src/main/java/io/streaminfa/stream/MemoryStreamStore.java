package io.streaminfa.stream;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/** A store that forgets everything with its process; for tests and benchmarks. */
public final class MemoryStreamStore implements StreamStore {
  private final ConcurrentMap<StreamId, Stream> streams = new ConcurrentHashMap<>();
  private final AtomicLong events = new AtomicLong();

  @Override
  public List<Stream> loadAll() {
    return List.copyOf(streams.values());
  }

  @Override
  public long save(Stream stream, StreamEvent event) {
    streams.put(stream.id(), stream);
    return events.incrementAndGet();
  }

  @Override
  public void remove(StreamId id) {
    streams.remove(id);
  }

  @Override
  public void close() {
    // Nothing is held open.
  }
}
