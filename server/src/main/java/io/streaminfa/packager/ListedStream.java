package io.streaminfa.packager;

import io.streaminfa.packager.hls.MediaPlaylist;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.transcode.Rendition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * What of one stream is stored and listed. The rule that it keeps is that listed means durable: a
 * row's segments are stored first, then all its playlists change at once for those who ask this
 * server, and then the stored playlists follow, which therefore never list more than there is.
 *
 * <p>Everything but {@link #served} belongs to the storage thread.
 */
final class ListedStream {
  /** A week of recording; beyond it the oldest segments leave the recording. */
  private static final int MAX_RECORDED_ROWS = 100_000;

  private static final int MICROS_PER_MILLI = 1000;

  /** bis 6.2.2: three target durations; a little more, because audio is cut at whole frames. */
  private static final long WINDOW_MARGIN_MICROS = 100_000;

  /** What players get at one moment; immutable. */
  record Served(Map<ObjectKey, PublishedPlaylist> playlists, Map<ObjectKey, ByteBuffer> media) {}

  private final String stream;
  private final BooleanSupplier recordWish;
  private final PackagerListener listener;
  private final PackagerServices services;
  private final StreamPlaylists playlists;

  private volatile Served served = new Served(Map.of(), Map.of());

  private LiveWindow window = LiveWindow.EMPTY;
  private long longestWindowMicros;
  private final List<ListedRow> recorded = new ArrayList<>();

  /** Rows that no playlist here lists any more, while one in the store still may. */
  private final List<ListedRow> unlisted = new ArrayList<>();

  private final RecentMedia media = new RecentMedia();
  private final Set<ObjectKey> storedInits = new HashSet<>();
  private final Map<String, Rendition> renditions = new LinkedHashMap<>();
  private final Map<String, Set<String>> codecs = new HashMap<>();
  private Optional<EpochTracks> current = Optional.empty();
  private boolean record;
  private boolean playable;
  private boolean multivariantDue;

  ListedStream(
      StreamId stream,
      BooleanSupplier recordWish,
      PackagerListener listener,
      PackagerServices services) {
    this.stream = stream.value();
    this.recordWish = recordWish;
    this.listener = listener;
    this.services = services;
    playlists = new StreamPlaylists(services.settings());
  }

  Served served() {
    return served;
  }

  void store(Row row) throws InterruptedException {
    if (!playable) {
      record = recordWish.getAsBoolean();
    }
    boolean newTracks = current.filter(row.tracks()::equals).isEmpty();
    if (newTracks) {
      current = Optional.of(row.tracks());
      row.tracks().renditions().forEach(r -> renditions.put(r.name(), r));
    }
    Map<String, ListedRow.Entry> entries = new HashMap<>();
    Map<ObjectKey, ByteBuffer> stored = new HashMap<>();
    for (Map.Entry<String, CutSegment> cut : row.segments().entrySet()) {
      entries.put(cut.getKey(), storeSegment(row, cut.getKey(), cut.getValue(), stored));
    }
    list(
        new ListedRow(
            row.number(), row.discontinuity(), row.dateMicros(), row.durationMicros(), entries));
    media.addRow(stored, window.rows().size());
    serveLive(false);
    if (!playable) {
      playable = true;
      listener.playable();
    }
    entries.forEach((name, entry) -> announce(name, row.number(), entry));
    storePlaylists(newTracks);
  }

  private ListedRow.Entry storeSegment(
      Row row, String rendition, CutSegment segment, Map<ObjectKey, ByteBuffer> stored)
      throws InterruptedException {
    TrackInit init = row.tracks().inits().get(rendition);
    if (init == null) {
      throw new IllegalStateException("a segment of a rendition without init: " + rendition);
    }
    services.metrics().segmentEncoded(rendition, segment);
    ObjectKey initKey = ObjectKey.init(stream, rendition, init.version());
    ObjectKey key = ObjectKey.segment(stream, rendition, row.number());
    boolean durable = storeInit(initKey, rendition, init) && put(key, segment.data());
    if (durable) {
      stored.put(key, segment.data());
    }
    return new ListedRow.Entry(
        segment.startMicros() + row.dateOffsetMicros(),
        segment.durationMicros(),
        durable ? segment.data().remaining() : 0,
        init.version());
  }

  private boolean storeInit(ObjectKey key, String rendition, TrackInit init)
      throws InterruptedException {
    if (storedInits.contains(key)) {
      return true;
    }
    if (!put(key, init.data())) {
      return false;
    }
    storedInits.add(key);
    media.addInit(key, init.data());
    codecs.computeIfAbsent(rendition, r -> new LinkedHashSet<>()).add(init.codec());
    return true;
  }

  private boolean put(ObjectKey key, ByteBuffer data) throws InterruptedException {
    try {
      services.store().put(key, data);
      return true;
    } catch (StorageException e) {
      listener.storageFailed(key, e);
      return false;
    }
  }

  private void list(ListedRow row) {
    PackagingSettings settings = services.settings();
    long targetMicros = settings.segmentDuration().toMillis() * MICROS_PER_MILLI;
    LiveWindow before = window;
    window =
        before.append(row, settings.liveWindowSegments(), 3 * targetMicros + WINDOW_MARGIN_MICROS);
    longestWindowMicros = Math.max(longestWindowMicros, window.durationMicros());
    if (record) {
      recorded.add(row);
      while (recorded.size() > MAX_RECORDED_ROWS) {
        unlisted.add(recorded.removeFirst());
      }
      return;
    }
    for (ListedRow old : before.rows()) {
      if (old.number() < window.mediaSequence()) {
        unlisted.add(old);
      }
    }
  }

  /** Rule 8: for its own duration and that of the longest playlist that listed it. */
  private void expire(ListedRow row) {
    Duration demanded =
        Duration.ofMillis((row.durationMicros() + longestWindowMicros) / MICROS_PER_MILLI + 1);
    Duration wanted = services.settings().segmentRetention();
    Instant after =
        services.clock().instant().plus(wanted.compareTo(demanded) > 0 ? wanted : demanded);
    row.entries()
        .forEach(
            (rendition, entry) -> {
              if (!entry.isGap()) {
                services.expiry().expire(ObjectKey.segment(stream, rendition, row.number()), after);
              }
            });
  }

  private void announce(String rendition, long number, ListedRow.Entry entry) {
    if (!entry.isGap()) {
      services.metrics().segmentWritten(rendition);
      listener.segmentStored(rendition, number, entry.sizeBytes());
    }
  }

  private void serveLive(boolean ended) {
    Map<ObjectKey, PublishedPlaylist> next = new HashMap<>();
    for (String rendition : renditions.keySet()) {
      MediaPlaylist playlist = playlists.live(window, rendition, ended);
      next.put(
          ObjectKey.mediaPlaylist(stream, rendition),
          PublishedPlaylist.of(playlist.render(), false));
    }
    next.put(
        ObjectKey.multivariantPlaylist(stream), PublishedPlaylist.of(liveMultivariant(), false));
    served = new Served(Map.copyOf(next), media.snapshot());
  }

  private String liveMultivariant() {
    return playlists
        .multivariant(current.orElseThrow().renditions(), Bandwidth::declared, this::currentCodec)
        .render();
  }

  private String currentCodec(Rendition rendition) {
    TrackInit init = current.orElseThrow().inits().get(rendition.name());
    if (init == null) {
      throw new IllegalStateException("a rendition without init: " + rendition.name());
    }
    return init.codec();
  }

  /** The stored copies, for other readers of the store; the multivariant one comes last. */
  private void storePlaylists(boolean multivariantToo) throws InterruptedException {
    boolean allStored = true;
    for (String rendition : renditions.keySet()) {
      allStored &= storePlaylist(ObjectKey.mediaPlaylist(stream, rendition));
      services.metrics().playlistUpdated(rendition);
    }
    multivariantDue |= multivariantToo;
    if (multivariantDue && allStored) {
      multivariantDue = !storePlaylist(ObjectKey.multivariantPlaylist(stream));
    }
    if (allStored) {
      unlisted.forEach(this::expire);
      unlisted.clear();
    }
  }

  private boolean storePlaylist(ObjectKey key) throws InterruptedException {
    PublishedPlaylist playlist = served.playlists().get(key);
    return playlist == null || put(key, playlist.text());
  }

  /** Rule 10: the end is EXT-X-ENDLIST. */
  void end() throws InterruptedException {
    if (!window.rows().isEmpty()) {
      serveLive(true);
      storePlaylists(true);
    }
  }

  /** Replaces the ended live playlists by the final ones, here and in the store. */
  void publishFinal() throws StorageException, InterruptedException {
    if (window.rows().isEmpty()) {
      return;
    }
    Map<ObjectKey, PublishedPlaylist> next = record ? recording() : lastWindow();
    for (Map.Entry<ObjectKey, PublishedPlaylist> entry : next.entrySet()) {
      services.store().put(entry.getKey(), entry.getValue().text());
    }
    served = new Served(Map.copyOf(next), media.snapshot());
  }

  /** In the order in which they are to be stored; the multivariant one comes last. */
  private Map<ObjectKey, PublishedPlaylist> recording() {
    Map<ObjectKey, PublishedPlaylist> next = new LinkedHashMap<>();
    List<Rendition> listed = renditions.values().stream().filter(this::hasMedia).toList();
    for (Rendition rendition : listed) {
      next.put(
          ObjectKey.mediaPlaylist(stream, rendition.name()),
          PublishedPlaylist.of(playlists.recorded(recorded, rendition.name()).render(), true));
    }
    Duration target = services.settings().segmentDuration();
    Function<Rendition, String> allCodecs =
        rendition -> String.join(",", codecs.getOrDefault(rendition.name(), Set.of()));
    next.put(
        ObjectKey.multivariantPlaylist(stream),
        PublishedPlaylist.of(
            playlists
                .multivariant(
                    listed, r -> Bandwidth.measured(recorded, r.name(), target), allCodecs)
                .render(),
            true));
    return next;
  }

  /** Rule 9: "VOD only when final" is how a reader of the stored copy knows that it may keep it. */
  private Map<ObjectKey, PublishedPlaylist> lastWindow() {
    Map<ObjectKey, PublishedPlaylist> next = new LinkedHashMap<>();
    for (String rendition : renditions.keySet()) {
      next.put(
          ObjectKey.mediaPlaylist(stream, rendition),
          PublishedPlaylist.of(playlists.lastWindow(window, rendition).render(), true));
    }
    next.put(
        ObjectKey.multivariantPlaylist(stream), PublishedPlaylist.of(liveMultivariant(), true));
    return next;
  }

  private boolean hasMedia(Rendition rendition) {
    return recorded.stream()
        .map(row -> row.entries().get(rendition.name()))
        .anyMatch(entry -> entry != null && !entry.isGap());
  }
}
