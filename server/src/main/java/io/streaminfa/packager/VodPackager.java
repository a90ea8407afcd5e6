package io.streaminfa.packager;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.packager.hls.MediaPlaylist;
import io.streaminfa.packager.hls.MultivariantPlaylist;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore.StoredObject;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.units.FrameRate;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The segments and playlists of one uploaded file, whose chunks arrive in any order and perhaps
 * twice. As soon as the first segments of every rendition are stored it can be watched, as an EVENT
 * playlist that grows by whole rows; at the end it is a VOD. Its playlists are in the store and
 * nowhere else. Safe for use by several threads.
 */
public final class VodPackager {
  private final StreamId stream;
  private final Set<String> expected;
  private final VodGrid grid;
  private final PackagerListener listener;
  private final PackagerServices services;
  private final StreamPlaylists playlists;

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<String, Rendition> renditions = new LinkedHashMap<>();

  @GuardedBy("lock")
  private final Map<String, TrackInit> inits = new HashMap<>();

  @GuardedBy("lock")
  private final Map<String, NavigableMap<Long, ListedRow.Entry>> segments = new HashMap<>();

  /** The rows from the first on that every rendition has. */
  @GuardedBy("lock")
  private final List<ListedRow> complete = new ArrayList<>();

  /** Rows in the stored playlists, which must never shrink; -1 until it is looked up. */
  @GuardedBy("lock")
  private int publishedRows = -1;

  /** When the playlists were stored last, on the clock; before the first time long ago. */
  @GuardedBy("lock")
  private Instant published = Instant.MIN;

  /** Whether the multivariant playlist is stored, which comes after the first of the others. */
  @GuardedBy("lock")
  private boolean isPlayable;

  /**
   * @param expected the names of all renditions that the chunks together will bring
   * @param frameRate of the video that is made
   */
  public VodPackager(
      StreamId stream,
      Set<String> expected,
      FrameRate frameRate,
      PackagerListener listener,
      PackagerServices services) {
    this.stream = stream;
    this.expected = Set.copyOf(expected);
    this.grid = VodGrid.of(services.settings().segmentDuration(), frameRate);
    this.listener = listener;
    this.services = services;
    this.playlists = new StreamPlaylists(services.settings());
    expected.forEach(name -> segments.put(name, new TreeMap<>()));
  }

  /**
   * Begins a chunk, and stores the init segments that it needs.
   *
   * @param made what the encoders of this chunk make
   * @throws MediaFormatException when a configuration cannot be packaged
   * @throws IllegalStateException when a rendition is unexpected, or not what it was in another
   *     chunk: its segments would not fit one init segment
   */
  public VodChunkWriter begin(List<Rendition> made)
      throws MediaFormatException, StorageException, InterruptedException {
    lock.lockInterruptibly();
    try {
      for (Rendition rendition : made) {
        add(rendition);
      }
    } finally {
      lock.unlock();
    }
    return new VodChunkWriter(this, made, grid);
  }

  @GuardedBy("lock")
  private void add(Rendition rendition)
      throws MediaFormatException, StorageException, InterruptedException {
    if (!expected.contains(rendition.name())) {
      throw new IllegalStateException("nobody expects a rendition " + rendition.name());
    }
    TrackInit init = TrackInit.first(rendition);
    TrackInit known = inits.get(rendition.name());
    if (known == null) {
      services.store().put(ObjectKey.init(stream.value(), rendition.name(), 0), init.data());
      inits.put(rendition.name(), init);
      renditions.put(rendition.name(), rendition);
    } else if (!known.data().equals(init.data())) {
      throw new IllegalStateException("two chunks configure " + rendition.name() + " differently");
    }
  }

  /** Takes the result of a chunk that was finished before a restart. */
  public void restore(List<Rendition> made, List<VodSegment> finished)
      throws MediaFormatException, StorageException, InterruptedException {
    lock.lockInterruptibly();
    try {
      for (Rendition rendition : made) {
        add(rendition);
      }
      finished.forEach(this::list);
      publishEvent(true);
    } finally {
      lock.unlock();
    }
  }

  /** All segments of a chunk are stored, and the next chunk may be long in coming. */
  void chunkEnded() throws StorageException, InterruptedException {
    lock.lockInterruptibly();
    try {
      publishEvent(true);
    } finally {
      lock.unlock();
    }
  }

  /** Stores a segment; players see it when its whole row, and all before, are there. */
  VodSegment store(String rendition, long number, CutSegment segment)
      throws StorageException, InterruptedException {
    services.metrics().segmentEncoded(rendition, segment);
    services.store().put(ObjectKey.segment(stream.value(), rendition, number), segment.data());
    VodSegment stored =
        new VodSegment(rendition, number, segment.durationMicros(), segment.data().remaining());
    services.metrics().segmentWritten(rendition);
    lock.lockInterruptibly();
    try {
      list(stored);
      publishEvent(isDue());
    } finally {
      lock.unlock();
    }
    listener.segmentStored(rendition, number, stored.sizeBytes());
    return stored;
  }

  @GuardedBy("lock")
  private void list(VodSegment segment) {
    NavigableMap<Long, ListedRow.Entry> ofRendition = segments.get(segment.rendition());
    if (ofRendition == null) {
      throw new IllegalStateException("nobody expects a rendition " + segment.rendition());
    }
    ofRendition.put(
        segment.number(), new ListedRow.Entry(0, segment.durationMicros(), segment.sizeBytes(), 0));
  }

  @GuardedBy("lock")
  private void publishEvent(boolean isDue) throws StorageException, InterruptedException {
    extendRows();
    if (publishedRows < 0) {
      publishedRows = storedRows();
      isPlayable =
          services.store().head(ObjectKey.multivariantPlaylist(stream.value())).isPresent();
    }
    if (complete.size() > publishedRows && isDue) {
      for (String name : renditions.keySet()) {
        put(
            ObjectKey.mediaPlaylist(stream.value(), name),
            playlists.ofFile(complete, name, MediaPlaylist.Type.EVENT).render());
        services.metrics().playlistUpdated(name);
      }
      publishedRows = complete.size();
      published = services.clock().instant();
    }
    if (publishedRows > 0 && !isPlayable && renditions.keySet().containsAll(expected)) {
      put(
          ObjectKey.multivariantPlaylist(stream.value()),
          multivariant(Bandwidth::declared, renditions.values()).render());
      isPlayable = true;
      listener.playable();
    }
  }

  /**
   * A file is encoded faster than it plays, and each row would write the whole list anew: that of
   * six hours thousands of times. Players look again after a target duration (RFC 8216, 6.3.4), and
   * more often nobody needs it.
   */
  @GuardedBy("lock")
  private boolean isDue() {
    Instant now = services.clock().instant();
    return !isPlayable
        || now.isBefore(published)
        || !now.isBefore(published.plus(services.settings().segmentDuration()));
  }

  @GuardedBy("lock")
  private void extendRows() {
    if (!renditions.keySet().containsAll(expected)) {
      return;
    }
    Map<String, ListedRow.Entry> entries = entries(complete.size());
    while (entries.size() == expected.size()) {
      complete.add(new ListedRow(complete.size(), false, 0, longest(entries.values()), entries));
      entries = entries(complete.size());
    }
  }

  @GuardedBy("lock")
  private Map<String, ListedRow.Entry> entries(long number) {
    Map<String, ListedRow.Entry> entries = new HashMap<>();
    segments.forEach(
        (name, ofRendition) -> {
          ListedRow.Entry entry = ofRendition.get(number);
          if (entry != null) {
            entries.put(name, entry);
          }
        });
    return entries;
  }

  private static long longest(Collection<ListedRow.Entry> entries) {
    return entries.stream().mapToLong(ListedRow.Entry::durationMicros).max().orElse(1);
  }

  /** How many segments the playlists of an earlier process list: all of them equally many. */
  @GuardedBy("lock")
  private int storedRows() throws StorageException, InterruptedException {
    int most = 0;
    for (String name : expected) {
      Optional<StoredObject> stored =
          services.store().get(ObjectKey.mediaPlaylist(stream.value(), name));
      if (stored.isPresent()) {
        String text = StandardCharsets.UTF_8.decode(stored.get().data().duplicate()).toString();
        try {
          most = Math.max(most, MediaPlaylist.parse(text).segments().size());
        } catch (MediaFormatException e) {
          throw new IllegalStateException("a stored playlist of " + stream + " is broken", e);
        }
      }
    }
    return most;
  }

  /**
   * All chunks are there: the playlists become those of a video on demand. A row that a rendition
   * does not have is a gap in it; audio that outlasts the video by a row is not listed.
   *
   * @return how long it plays
   */
  public Duration finish() throws StorageException, InterruptedException {
    lock.lockInterruptibly();
    try {
      List<ListedRow> rows = allRows();
      List<Rendition> listed = List.copyOf(renditions.values());
      for (Rendition rendition : listed) {
        put(
            ObjectKey.mediaPlaylist(stream.value(), rendition.name()),
            playlists.ofFile(rows, rendition.name(), MediaPlaylist.Type.VOD).render());
      }
      Duration target = services.settings().segmentDuration();
      put(
          ObjectKey.multivariantPlaylist(stream.value()),
          multivariant(r -> Bandwidth.measured(rows, r.name(), target), listed).render());
      long micros = rows.stream().mapToLong(ListedRow::durationMicros).sum();
      return Duration.of(micros, ChronoUnit.MICROS);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private List<ListedRow> allRows() {
    List<String> videos =
        renditions.values().stream()
            .filter(Rendition.Video.class::isInstance)
            .map(Rendition::name)
            .toList();
    long last = -1;
    for (String name : videos) {
      last = Math.max(last, lastNumber(name));
    }
    List<ListedRow> rows = new ArrayList<>();
    for (long number = 0; number <= last; number++) {
      Map<String, ListedRow.Entry> entries = entries(number);
      Map<String, ListedRow.Entry> ofVideo = new HashMap<>(entries);
      ofVideo.keySet().retainAll(videos);
      long durationMicros =
          ofVideo.isEmpty()
              ? services.settings().segmentDuration().toMillis() * 1000
              : longest(ofVideo.values());
      rows.add(new ListedRow(number, false, 0, durationMicros, entries));
    }
    return rows;
  }

  @GuardedBy("lock")
  private long lastNumber(String rendition) {
    NavigableMap<Long, ListedRow.Entry> ofRendition = segments.get(rendition);
    return ofRendition == null || ofRendition.isEmpty() ? -1 : ofRendition.lastKey();
  }

  @GuardedBy("lock")
  private MultivariantPlaylist multivariant(
      Function<Rendition, Bandwidth> bandwidth, Collection<Rendition> listed) {
    Map<String, TrackInit> known = Map.copyOf(inits);
    return playlists.multivariant(listed, bandwidth, r -> codec(known, r));
  }

  private static String codec(Map<String, TrackInit> inits, Rendition rendition) {
    TrackInit init = inits.get(rendition.name());
    if (init == null) {
      throw new IllegalStateException("a rendition without init: " + rendition.name());
    }
    return init.codec();
  }

  private void put(ObjectKey key, String text) throws StorageException, InterruptedException {
    services.store().put(key, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }
}
