package io.streaminfa.storage;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What of one stream waits for the store behind, and which of it may go next, so that at every
 * moment no playlist there names what is not there:
 *
 * <ul>
 *   <li>A segment or init goes at any time, several at once.
 *   <li>A playlist waits for all segments and inits accepted before it. Of several versions only
 *       the newest goes, at its own place.
 *   <li>A multivariant playlist waits for every media playlist of which a version was accepted
 *       before it.
 *   <li>A deletion waits for every playlist of which a version was accepted before it: an older one
 *       there may still name the object.
 *   <li>The deletion of a prefix waits for all before it, and all after it wait for it. What it
 *       covers and has not gone yet never goes.
 *   <li>Operations on one key go one after the other.
 * </ul>
 *
 * Guarded by the lock of its {@link SpoolLog}.
 */
final class SpooledStream {
  final String name;

  private final NavigableMap<Long, SpoolOperation> media = new TreeMap<>();
  private final NavigableMap<Long, SpoolOperation> playlists = new TreeMap<>();
  private final NavigableMap<Long, SpoolOperation> deletions = new TreeMap<>();
  private final NavigableMap<Long, SpoolOperation> wipes = new TreeMap<>();
  private final NavigableMap<ObjectKey, SpoolOperation> latest = new TreeMap<>();

  /** Playlists whose newest version could not be accepted: an older one may name anything. */
  private final Set<ObjectKey> refusedPlaylists = new HashSet<>();

  /** Files of operations that are needless; they go before any other file of the stream does. */
  private final Set<SpoolFile> stale = new LinkedHashSet<>();

  int inFlight;
  int failuresInARow;
  long notBeforeNanos;

  SpooledStream(String name) {
    this.name = name;
  }

  /** What a key is, as far as the spool knows. */
  sealed interface Look {
    /** Its bytes are here. */
    record Here(SpoolFile file) implements Look {}

    /** It is deleted, whether or not the store behind knows yet. */
    record Deleted() implements Look {}

    /** The store behind knows. */
    record Behind() implements Look {}
  }

  Look look(ObjectKey key) {
    SpoolOperation newest = latest.get(key);
    if (newest != null) {
      return newest.file.isPut() ? new Look.Here(newest.file) : new Look.Deleted();
    }
    boolean wiped =
        wipes.values().stream().anyMatch(wipe -> key.value().startsWith(wipe.file.prefix()));
    return wiped ? new Look.Deleted() : new Look.Behind();
  }

  /** The newest put or deletion of every key below a prefix. */
  Map<ObjectKey, SpoolFile> below(String prefix) {
    Map<ObjectKey, SpoolFile> found = new TreeMap<>();
    ObjectKey first = new ObjectKey(prefix + KeyPrefix.LOWEST_NAME);
    for (SpoolOperation operation : latest.tailMap(first, true).values()) {
      if (!operation.file.key().value().startsWith(prefix)) {
        break;
      }
      found.put(operation.file.key(), operation.file);
    }
    return found;
  }

  List<String> wipedPrefixes() {
    return wipes.values().stream().map(wipe -> wipe.file.prefix()).toList();
  }

  /**
   * Adds an operation that is on the disk.
   *
   * @return the files of those that it makes needless, which are to be removed
   */
  List<SpoolFile> add(SpoolOperation operation) {
    List<SpoolFile> needless =
        switch (operation.file.kind()) {
          case PUT -> addPut(operation);
          case DELETE -> addDeletion(operation);
          case WIPE -> addWipe(operation);
        };
    stale.addAll(needless);
    return needless;
  }

  private List<SpoolFile> addDeletion(SpoolOperation deletion) {
    deletion.predecessor = latest.put(deletion.file.key(), deletion);
    deletions.put(deletion.sequence(), deletion);
    return List.of();
  }

  private List<SpoolFile> addPut(SpoolOperation put) {
    ObjectKey key = put.file.key();
    if (put.file.isPlaylist()) {
      refusedPlaylists.remove(key);
    }
    SpoolOperation before = latest.get(key);
    if (before != null && before.sequence() > put.sequence()) {
      // Two threads put the same key at once, and the other one is later.
      before.absorb(put);
      return List.of(put.file);
    }
    latest.put(key, put);
    queueOf(put).put(put.sequence(), put);
    // A segment is never made needless: a playlist between its two versions may name it, and a
    // crash could leave the later one only.
    if (before != null && put.file.isPlaylist() && before.file.isPut() && !before.inFlight) {
      playlists.remove(before.sequence());
      put.absorb(before);
      put.predecessor = before.predecessor;
      return List.of(before.file);
    }
    put.predecessor = before;
    return List.of();
  }

  private List<SpoolFile> addWipe(SpoolOperation wipe) {
    String prefix = wipe.file.prefix();
    refusedPlaylists.removeIf(key -> key.value().startsWith(prefix));
    latest.values().removeIf(newest -> isCovered(newest, wipe));
    List<SpoolFile> needless = new ArrayList<>();
    for (NavigableMap<Long, SpoolOperation> queue : List.of(media, playlists, deletions)) {
      queue
          .values()
          .removeIf(
              waiting -> {
                boolean cancelled = !waiting.inFlight && isCovered(waiting, wipe);
                if (cancelled) {
                  needless.add(waiting.file);
                }
                return cancelled;
              });
    }
    wipes.put(wipe.sequence(), wipe);
    return needless;
  }

  private static boolean isCovered(SpoolOperation operation, SpoolOperation wipe) {
    return operation.sequence() < wipe.sequence()
        && operation.file.key().value().startsWith(wipe.file.prefix());
  }

  private NavigableMap<Long, SpoolOperation> queueOf(SpoolOperation operation) {
    return switch (operation.file.kind()) {
      case PUT -> operation.file.isPlaylist() ? playlists : media;
      case DELETE -> deletions;
      case WIPE -> wipes;
    };
  }

  void playlistRefused(ObjectKey key) {
    refusedPlaylists.add(key);
  }

  /** The store behind has it, and its file is gone. */
  void completed(SpoolOperation operation) {
    operation.done = true;
    queueOf(operation).remove(operation.sequence());
    latest.remove(operation.file.key(), operation);
  }

  /** It is to be tried again, unless a deletion has made it needless meanwhile. */
  void failed(SpoolOperation operation) {
    operation.inFlight = false;
    if (wipes.values().stream().anyMatch(wipe -> isCovered(operation, wipe))) {
      queueOf(operation).remove(operation.sequence());
      operation.done = true;
      stale.add(operation.file);
    }
  }

  List<SpoolFile> staleFiles() {
    return List.copyOf(stale);
  }

  boolean removed(SpoolFile staleFile) {
    return stale.remove(staleFile);
  }

  boolean isEmpty() {
    return media.isEmpty() && playlists.isEmpty() && deletions.isEmpty() && wipes.isEmpty();
  }

  /** Nothing of the stream is remembered here any more. */
  boolean isForgettable() {
    return isEmpty() && stale.isEmpty() && refusedPlaylists.isEmpty();
  }

  /** Nobody is told any more what the deletion of a prefix has removed. */
  void cancelWipes() {
    for (SpoolOperation wipe : wipes.values()) {
      wipe.wiped.cancel(false);
    }
  }

  /** When the oldest operation was accepted. */
  OptionalLong oldestMs() {
    return Stream.of(media, playlists, deletions, wipes)
        .flatMap(queue -> Optional.ofNullable(queue.firstEntry()).stream())
        .mapToLong(entry -> entry.getValue().acceptedAtMs)
        .min();
  }

  /** What may be carried out now. */
  @Nullable SpoolOperation next() {
    long barrier = wipes.isEmpty() ? Long.MAX_VALUE : wipes.firstKey();
    SpoolOperation playlist = nextPlaylist(barrier);
    if (playlist != null) {
      return playlist;
    }
    for (SpoolOperation put : media.headMap(barrier).values()) {
      if (put.isFree()) {
        return put;
      }
    }
    SpoolOperation deletion = nextDeletion(barrier);
    return deletion != null ? deletion : nextWipe();
  }

  private @Nullable SpoolOperation nextPlaylist(long barrier) {
    long firstMedia = media.isEmpty() ? Long.MAX_VALUE : media.firstKey();
    for (SpoolOperation playlist : playlists.headMap(Math.min(barrier, firstMedia)).values()) {
      if (playlist.isFree() && !(playlist.file.isMultivariant() && awaitsMedia(playlist))) {
        return playlist;
      }
    }
    return null;
  }

  private boolean awaitsMedia(SpoolOperation multivariant) {
    return playlists.values().stream()
            .anyMatch(
                other ->
                    !other.file.isMultivariant() && other.firstSequence < multivariant.sequence())
        || refusedPlaylists.stream().anyMatch(key -> !key.equals(multivariant.file.key()));
  }

  private @Nullable SpoolOperation nextDeletion(long barrier) {
    if (!refusedPlaylists.isEmpty()) {
      return null;
    }
    long firstVersion =
        playlists.values().stream().mapToLong(p -> p.firstSequence).min().orElse(Long.MAX_VALUE);
    for (SpoolOperation deletion : deletions.headMap(Math.min(barrier, firstVersion)).values()) {
      if (deletion.isFree()) {
        return deletion;
      }
    }
    return null;
  }

  private @Nullable SpoolOperation nextWipe() {
    Map.Entry<Long, SpoolOperation> first = wipes.firstEntry();
    if (first == null) {
      return null;
    }
    boolean mustWait =
        !media.headMap(first.getKey()).isEmpty()
            || !playlists.headMap(first.getKey()).isEmpty()
            || deletions.values().stream().anyMatch(deletion -> deletion.inFlight);
    return mustWait || first.getValue().inFlight ? null : first.getValue();
  }
}
