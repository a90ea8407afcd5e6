package io.streaminfa.stream;

import java.util.Set;

/**
 * What the settings say about every stream.
 *
 * @param recordLive whether live streams are recorded when their maker does not say
 * @param ingestKeys hashes of the keys that may publish without a stream made before
 */
public record StreamDefaults(boolean recordLive, Set<KeyHash> ingestKeys) {
  public StreamDefaults {
    ingestKeys = Set.copyOf(ingestKeys);
  }
}
