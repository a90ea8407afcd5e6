package io.streaminfa.packager;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Sample;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.units.Timescale;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes segments and playlists of one live stream. Calls that feed it come from one thread at a
 * time, in the order {@code (begin write* endEpoch)* finish publishRecording? close}; they block
 * while the store is too slow. {@link #playlist} and {@link #media} may be called from any thread
 * at any time and never block.
 *
 * <p>All renditions advance row by row: the segments between two boundaries are stored, listed and
 * removed together, so that media sequence and discontinuity sequence are equal everywhere
 * (hls-checklist rule 14). A rendition without a segment in a row has a gap there.
 */
public final class LivePackager implements LivePlaylists, AutoCloseable {
  private static final int MICROS_PER_MILLI = 1000;

  private final long segmentTicks;
  private final StorageThread storage;
  private final ListedStream listed;
  private final Consumer<LivePackager> onClose;
  private volatile boolean closed;

  private final Map<String, TrackInit> inits = new HashMap<>();
  private final Map<String, Long> sequenceNumbers = new HashMap<>();
  private long nextNumber;

  /** Written by the thread that feeds, read by any. */
  private volatile Progress progress = new Progress(0, 0);

  /**
   * @param endTicks of the last row, on {@link Timescale#VIDEO}
   */
  private record Progress(long totalMicros, long endTicks) {
    Progress plus(long durationMicros, long rowEndTicks) {
      return new Progress(totalMicros + durationMicros, Math.max(endTicks, rowEndTicks));
    }
  }

  private long lastDateMicros = Long.MIN_VALUE;
  private @Nullable RunningEpoch running;

  /** An epoch and what is known of its place in the stream. */
  private static final class RunningEpoch {
    final Epoch epoch;
    final EpochTracks tracks;
    long dateOffsetMicros;
    boolean hasRow;

    RunningEpoch(Epoch epoch, EpochTracks tracks, long dateOffsetMicros) {
      this.epoch = epoch;
      this.tracks = tracks;
      this.dateOffsetMicros = dateOffsetMicros;
    }
  }

  LivePackager(
      StreamId stream,
      BooleanSupplier record,
      PackagerListener listener,
      PackagerServices services,
      Consumer<LivePackager> onClose) {
    this.onClose = onClose;
    segmentTicks = Timescale.VIDEO.ofMillis(services.settings().segmentDuration().toMillis());
    listed = new ListedStream(stream, record, listener, services);
    storage = new StorageThread(stream.value(), services.metrics());
  }

  /**
   * Starts an epoch: the first at the start of the stream, each later one behind a discontinuity,
   * on the timeline that goes on. A running epoch is ended first.
   *
   * @param renditions at least one; video on {@link Timescale#VIDEO}
   * @throws MediaFormatException when a rendition's codec configuration cannot be packaged
   * @throws IllegalArgumentException when two renditions share a name or a track
   */
  public void begin(List<Rendition> renditions, Anchor anchor)
      throws MediaFormatException, InterruptedException {
    endEpoch();
    Map<String, TrackInit> next = new LinkedHashMap<>();
    for (Rendition rendition : renditions) {
      TrackInit init = TrackInit.first(rendition);
      TrackInit earlier = inits.get(rendition.name());
      if (next.put(rendition.name(), earlier == null ? init : init.after(earlier)) != null) {
        throw new IllegalArgumentException("two renditions with one name: " + rendition.name());
      }
    }
    Epoch epoch = new Epoch(renditions, Map.copyOf(sequenceNumbers), segmentTicks);
    inits.putAll(next);
    long anchorMicros = anchor.ingestClock().toEpochMilli() * MICROS_PER_MILLI;
    running =
        new RunningEpoch(
            epoch,
            new EpochTracks(renditions, next),
            anchorMicros - anchor.timelineMillis() * MICROS_PER_MILLI);
  }

  /**
   * Takes one encoded access unit. Its times are on the stream's timeline.
   *
   * @throws IllegalArgumentException when no rendition of this epoch has its track
   * @throws IllegalStateException without an epoch, or after {@link #close}
   */
  public void write(Sample sample) throws InterruptedException {
    RunningEpoch current = running;
    if (current == null) {
      throw new IllegalStateException("a sample without an epoch");
    }
    for (CutRow row : current.epoch.add(sample)) {
      submit(current, row);
    }
  }

  /** The publisher or the encoders are gone: closes the last segment short. */
  public void endEpoch() throws InterruptedException {
    RunningEpoch current = running;
    if (current == null) {
      return;
    }
    running = null;
    List<CutRow> rows = current.epoch.end();
    sequenceNumbers.putAll(current.epoch.sequenceNumbers());
    for (CutRow row : rows) {
      submit(current, row);
    }
  }

  /**
   * The encoders died in the middle: keeps what every rendition has up to their last common key
   * frame, and drops the rest, which another encoder can make again.
   *
   * @return where on the stream's timeline the next epoch has to begin, in milliseconds; empty when
   *     this epoch gave nothing, so that the next one begins where this one should have
   */
  public OptionalLong breakEpoch() throws InterruptedException {
    RunningEpoch current = running;
    if (current == null) {
      return OptionalLong.empty();
    }
    running = null;
    Epoch.BrokenOff broken = current.epoch.breakOff();
    sequenceNumbers.putAll(current.epoch.sequenceNumbers());
    for (CutRow row : broken.rows()) {
      submit(current, row);
    }
    return broken.resumeTicks().isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(
            Timescale.VIDEO.convert(broken.resumeTicks().getAsLong(), Timescale.MILLISECONDS));
  }

  /**
   * Where the stream's timeline has got to: the end of the last row, rounded up to milliseconds.
   */
  public long timelineEndMillis() {
    return Math.ceilDiv(progress.endTicks(), Timescale.VIDEO.ofMillis(1));
  }

  /** How long all rows together last. */
  public Duration duration() {
    return Duration.of(progress.totalMicros(), ChronoUnit.MICROS);
  }

  /** Stores and lists all that came, and ends the playlists, which stay what they were. */
  public void finish() throws InterruptedException {
    endEpoch();
    try {
      storage.call(listed::end);
    } catch (StorageException e) {
      throw new IllegalStateException("ending reports a failing store to the listener", e);
    }
  }

  /**
   * After {@link #finish}: where the stream is recorded, its playlists become those of a video on
   * demand from its start; elsewhere the last window becomes final.
   *
   * @throws StorageException when not all of it could be stored; the ended playlists stay
   */
  public void publishRecording() throws StorageException, InterruptedException {
    storage.call(listed::publishFinal);
  }

  /** Waits until all rows that were handed over so far are stored and listed. */
  void awaitStored() throws StorageException, InterruptedException {
    storage.call(() -> {});
  }

  @Override
  public Optional<PublishedPlaylist> playlist(ObjectKey key) {
    return closed ? Optional.empty() : Optional.ofNullable(listed.served().playlists().get(key));
  }

  @Override
  public Optional<ByteBuffer> media(ObjectKey key) {
    return closed
        ? Optional.empty()
        : Optional.ofNullable(listed.served().media().get(key)).map(ByteBuffer::duplicate);
  }

  /** Stops at once, and leaves players to the store. */
  @Override
  public void close() {
    storage.close();
    closed = true;
    onClose.accept(this);
  }

  private void submit(RunningEpoch current, CutRow cut) throws InterruptedException {
    long startMicros = CutSegment.micros(Timescale.VIDEO, cut.startTicks());
    long durationMicros = CutSegment.micros(Timescale.VIDEO, cut.endTicks()) - startMicros;
    boolean discontinuity = !current.hasRow && nextNumber > 0;
    if (discontinuity) {
      // Rule 13: never backwards, even when the wall clock was set back since.
      long backwards = lastDateMicros - (startMicros + current.dateOffsetMicros);
      current.dateOffsetMicros += Math.max(0, backwards);
    }
    current.hasRow = true;
    long dateMicros = startMicros + current.dateOffsetMicros;
    lastDateMicros = dateMicros + durationMicros;
    progress = progress.plus(durationMicros, cut.endTicks());
    Row row =
        new Row(
            nextNumber++,
            discontinuity,
            dateMicros,
            durationMicros,
            current.dateOffsetMicros,
            current.tracks,
            cut.segments());
    storage.submit(() -> listed.store(row));
  }
}
