package io.streaminfa.ingest.rtmp;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.units.Timescale;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a publisher's tracks are announced to the sink, and hands its samples on.
 *
 * <p>Nothing is announced before the first sync point of the video. If audio has been heard by
 * then, both tracks are announced at once; otherwise the pictures wait for {@link #AUDIO_WAIT_MS}
 * of media time, after which the stream is video only until audio comes. A configuration that
 * changes later is a new track, and every change announces the whole list again.
 *
 * <p>The first picture's earliest time becomes zero, and audio from before it is shown is dropped.
 */
final class TrackAnnouncement {
  static final long AUDIO_WAIT_MS = 1_000;

  /** The same wait for a source that stops sending while it lasts. */
  static final Duration AUDIO_WAIT_LIMIT = Duration.ofSeconds(2);

  /** One second of pictures and sound at every rate that a live source has. */
  static final int MAX_PENDING_UNITS = 512;

  static final long MAX_PENDING_BYTES = 16L << 20;

  /** A publisher that changes its configuration more often only wants to wear decoders out. */
  static final int MAX_CHANGES_PER_MINUTE = 30;

  private static final Duration CHANGE_WINDOW = Duration.ofMinutes(1);

  /** The first picture, without its bytes. */
  private record Origin(CodecConfig config, long dtsMs, long ptsMs, long seenNanos) {
    long zeroMs() {
      return Math.min(dtsMs, ptsMs);
    }
  }

  private final MediaSink sink;
  private final Deque<MediaUnit> pending = new ArrayDeque<>();
  private long pendingBytes;

  private @Nullable Origin origin;
  private @Nullable CodecConfig lastAudioConfig;
  private boolean started;

  private int nextTrackId = 1;
  private @Nullable Track videoTrack;
  private @Nullable Track audioTrack;
  private long changeWindowNanos;
  private int changesInWindow;

  TrackAnnouncement(MediaSink sink) {
    this.sink = sink;
  }

  /** Whether a sync point of the video has been seen. */
  boolean hasPicture() {
    return origin != null;
  }

  /**
   * Takes the next unit in the order of arrival. The first one of video must be a sync point.
   *
   * @throws MediaFormatException from the sink, or {@code codec_config_unstable}
   */
  void accept(MediaUnit unit, long nowNanos) throws MediaFormatException, InterruptedException {
    if (started && origin != null) {
      emit(unit, origin, nowNanos);
      return;
    }
    if (unit.isVideo()) {
      if (origin == null) {
        origin = new Origin(unit.config(), unit.dtsMs(), unit.ptsMs(), nowNanos);
      }
    } else {
      lastAudioConfig = unit.config();
    }
    hold(unit);
    if (origin != null && isDecided(origin, unit)) {
      start(origin, nowNanos);
    }
  }

  /** Ends a wait for audio that has lasted long enough. */
  void tick(long nowNanos) throws MediaFormatException, InterruptedException {
    if (origin != null && !started && nowNanos - origin.seenNanos >= AUDIO_WAIT_LIMIT.toNanos()) {
      start(origin, nowNanos);
    }
  }

  /** Hands on what still waits, for no more will come. */
  void finish(long nowNanos) throws MediaFormatException, InterruptedException {
    if (origin != null && !started) {
      start(origin, nowNanos);
    }
  }

  private void hold(MediaUnit unit) {
    pending.add(unit);
    pendingBytes += unit.sizeBytes();
    while (origin == null && isFull()) {
      pendingBytes -= pending.remove().sizeBytes();
    }
  }

  private boolean isDecided(Origin picture, MediaUnit latest) {
    return lastAudioConfig != null || isFull() || latest.dtsMs() - picture.dtsMs >= AUDIO_WAIT_MS;
  }

  private boolean isFull() {
    return pending.size() >= MAX_PENDING_UNITS || pendingBytes >= MAX_PENDING_BYTES;
  }

  private void start(Origin picture, long nowNanos)
      throws MediaFormatException, InterruptedException {
    started = true;
    videoTrack = track(picture.config);
    audioTrack = lastAudioConfig == null ? null : track(lastAudioConfig);
    announce();
    while (!pending.isEmpty()) {
      emit(pending.remove(), picture, nowNanos);
    }
    pendingBytes = 0;
  }

  private void emit(MediaUnit unit, Origin picture, long nowNanos)
      throws MediaFormatException, InterruptedException {
    if (!unit.isVideo() && unit.dtsMs() < picture.ptsMs) {
      return;
    }
    Track track = trackOf(unit.config(), nowNanos);
    long zeroMs = picture.zeroMs();
    sink.write(
        new Sample(
            track.id(), unit.dtsMs() - zeroMs, unit.ptsMs() - zeroMs, unit.sync(), unit.data()));
  }

  private Track trackOf(CodecConfig config, long nowNanos)
      throws MediaFormatException, InterruptedException {
    Track current = config.isVideo() ? videoTrack : audioTrack;
    if (current != null && current.config().equals(config)) {
      return current;
    }
    countChange(nowNanos);
    Track track = track(config);
    if (config.isVideo()) {
      videoTrack = track;
    } else {
      audioTrack = track;
    }
    announce();
    return track;
  }

  private void announce() throws MediaFormatException, InterruptedException {
    sink.start(Stream.of(videoTrack, audioTrack).filter(Objects::nonNull).toList());
  }

  private void countChange(long nowNanos) throws MediaFormatException {
    if (changesInWindow == 0 || nowNanos - changeWindowNanos >= CHANGE_WINDOW.toNanos()) {
      changeWindowNanos = nowNanos;
      changesInWindow = 0;
    }
    if (++changesInWindow > MAX_CHANGES_PER_MINUTE) {
      throw new MediaFormatException.Malformed(
          "codec_config_unstable",
          "more than " + MAX_CHANGES_PER_MINUTE + " changes of codec configuration in a minute");
    }
  }

  private Track track(CodecConfig config) {
    return new Track(nextTrackId++, Timescale.MILLISECONDS, config);
  }
}
