package io.streaminfa.packager;

import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.StorageException;

/**
 * Hears what becomes of one stream's output. Calls delay the next segment while they last. A live
 * stream's come from its storage thread, one at a time; a file's from the threads of its chunks.
 */
public interface PackagerListener {
  /** The multivariant playlist and a segment of every rendition it names can be fetched. */
  void playable();

  /**
   * A segment is durable and listed.
   *
   * @param number its media sequence number
   */
  void segmentStored(String rendition, long number, int sizeBytes);

  /**
   * The store gave up on an object. A segment is listed as a gap from now on; a playlist is written
   * anew with the next segment.
   */
  void storageFailed(ObjectKey key, StorageException cause);
}
