package io.streaminfa.control;

import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.StreamId;

/** What the API does to running pipelines; the pipeline implements it. Calls may block. */
public interface StreamActions {
  /**
   * Ends a live stream as its publisher's clean end would, the reconnect window included. Returns
   * once that has begun.
   *
   * @return false when nothing runs for this stream
   */
  boolean stop(StreamId id) throws InterruptedException;

  /**
   * Stops what runs for a stream and removes every object it has. The registry has made the stream
   * deleted before, so nothing new can start. May be called again after a failure.
   */
  ObjectStore.Deleted delete(StreamId id) throws StorageException, InterruptedException;
}
