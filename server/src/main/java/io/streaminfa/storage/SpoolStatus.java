package io.streaminfa.storage;

import java.time.Duration;
import java.util.Optional;

/**
 * How a spool is doing.
 *
 * @param bytes that wait, those that are being written included
 * @param operations that wait
 * @param oldestAge how long the oldest has waited; zero: nothing waits
 * @param trouble why the store behind takes nothing now; empty: it does, as far as is known
 * @param takesNewStreams whether there is room for another live stream
 */
public record SpoolStatus(
    long bytes,
    long maxBytes,
    int operations,
    Duration oldestAge,
    Optional<StorageException.Kind> trouble,
    boolean takesNewStreams) {
  /** A store that is slow for so long is behind, and not just far away. */
  public static final Duration BEHIND_AFTER = Duration.ofSeconds(60);

  /** Whether objects wait longer than they should. */
  public boolean isDegraded() {
    return trouble.isPresent() || !takesNewStreams || oldestAge.compareTo(BEHIND_AFTER) > 0;
  }
}
