package io.streaminfa.stream;

import java.util.List;

/**
 * Keeps streams and what happened to them across restarts. Only the {@link StreamRegistry} calls
 * it, one call at a time; calls may block.
 */
public interface StreamStore extends AutoCloseable {
  /** Every stream as it was last saved. */
  List<Stream> loadAll() throws StreamException.StoreFailed;

  /**
   * Saves a stream together with the event that changed it, both or neither.
   *
   * @return the event's number: it rises with every saved event, restarts included
   */
  long save(Stream stream, StreamEvent event) throws StreamException.StoreFailed;

  /**
   * Saves a stream and its event as {@link #save(Stream, StreamEvent)} does, and with them the job
   * of making the stream out of a file: all or nothing.
   *
   * @return the event's number
   */
  long save(Stream stream, StreamEvent event, SourceFile source) throws StreamException.StoreFailed;

  /** Forgets a stream and its job; one that is not there is no error. Its events may stay. */
  void remove(StreamId id) throws StreamException.StoreFailed;

  @Override
  void close();
}
