package io.streaminfa.stress;

/**
 * How much the scenarios do; {@link #DEFAULT} are the published sizes.
 *
 * @param streams made at once
 * @param segments stored one after the other
 * @param segmentBytes of each
 * @param playlists rendered
 * @param playlistSegments in each
 * @param writers that change the registry
 * @param stateReaders that read it meanwhile
 * @param windowRows that pass through the live window
 * @param window rows in it
 * @param storageReaders at once
 * @param reads of each of them
 * @param events saved and told
 */
public record StressSizes(
    int streams,
    int segments,
    int segmentBytes,
    int playlists,
    int playlistSegments,
    int writers,
    int stateReaders,
    int windowRows,
    int window,
    int storageReaders,
    int reads,
    int events) {
  public static final StressSizes DEFAULT =
      new StressSizes(100, 1000, 200 << 10, 10_000, 30, 50, 200, 100_000, 5, 100, 1000, 50_000);
}
