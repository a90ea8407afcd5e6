package io.streaminfa.stream;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/** A store that forgets everything with its process; for tests and benchmarks. */
public final class MemoryStreamStore implements StreamStore {
  private final ConcurrentMap<StreamId, Stream> streams = new ConcurrentHashMap<>();
  private final AtomicLong events = new AtomicLong();
  private final BiConsumer<Stream, SourceFile> queue;

  /** A store for streams that are made of no file. */
  public MemoryStreamStore() {
    this(
        (stream, source) -> {
          throw new IllegalStateException("no queue takes " + source + " of stream " + stream.id());
        });
  }

  /**
   * @param queue takes the source of a stream that begins to be processed
   */
  public MemoryStreamStore(BiConsumer<Stream, SourceFile> queue) {
    this.queue = queue;
  }

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
  public long save(Stream stream, StreamEvent event, SourceFile source) {
    queue.accept(stream, source);
    return save(stream, event);
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
