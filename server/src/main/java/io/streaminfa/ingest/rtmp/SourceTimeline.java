package io.streaminfa.ingest.rtmp;

import io.streaminfa.media.MediaFormatException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Maps a publisher's timestamps to one continuous timeline on which both tracks rise.
 *
 * <p>An encoder that restarts its capture, sleeps or sets its clock makes timestamps that leap by
 * seconds or hours, and rarely in both tracks at the same message: for a while one track is already
 * in the new time and the other is not. So a leap opens an <em>epoch</em>, which is nothing but an
 * offset from source time to ours. The track that leaps first chooses the offset such that its own
 * samples go on without a gap; the other one stays in its old epoch as long as its timestamps do,
 * and then takes the offset that it finds. So both tracks move by the same amount, and whatever was
 * in sync stays in sync. Where the second track would land on time it has already used (an encoder
 * whose audio had run ahead when it restarted), the whole epoch is moved forward by the overlap:
 * sync is worth more than a gap.
 *
 * <p>What counts as a leap is measured against the epoch, not against the track: video that stands
 * still for seconds while audio goes on, as with a congested uplink, has not leapt when it is back.
 * A real pause of both tracks is closed like any other leap.
 *
 * <p>The zero of the timeline is the first sample of either track.
 */
final class SourceTimeline {
  /** Which track a timestamp belongs to. */
  enum Source {
    VIDEO,
    AUDIO
  }

  /** The defect code of a leap. */
  static final String JUMP = "timestamp_jump";

  /** The defect code of a timestamp that did not rise and was made to. */
  static final String REPAIRED = "timestamp_repaired";

  /** A step forward beyond this is a leap; two key frames of a slow source are closer. */
  static final long MAX_FORWARD_MS = 3_000;

  /** A step back within this is disorder and repaired; beyond, it is a leap. */
  static final long MAX_BACKWARD_MS = 1_000;

  /** How far apart the first samples of two tracks may be without being of different clocks. */
  static final long MAX_START_DIFFERENCE_MS = 10_000;

  /** How far repairs may push a track ahead of its source before its clock counts as stuck. */
  static final long MAX_REPAIR_MS = 2 * MAX_BACKWARD_MS;

  private static final class Epoch {
    private long offsetMs;
    private long highestSourceMs = Long.MIN_VALUE;
  }

  private static final class TrackClock {
    private @Nullable Epoch epoch;
    private long highestSourceMs;
    private long lastMs;
    private long stepMs = 1;
  }

  private final Consumer<String> defects;
  private final TrackClock video = new TrackClock();
  private final TrackClock audio = new TrackClock();
  private @Nullable Epoch newest;

  SourceTimeline(Consumer<String> defects) {
    this.defects = defects;
  }

  /**
   * The time of the next sample of a track, in milliseconds; higher than that of the one before.
   *
   * @param sourceMs unwrapped decoding time
   * @throws MediaFormatException.Malformed {@code timestamp_stuck} when a track's clock does not
   *     move
   */
  long map(Source source, long sourceMs) throws MediaFormatException {
    TrackClock track =
        switch (source) {
          case VIDEO -> video;
          case AUDIO -> audio;
        };
    Epoch epoch = epochOf(track, sourceMs);
    long mappedMs =
        epoch.equals(track.epoch) ? advance(track, epoch, sourceMs) : join(track, epoch, sourceMs);
    epoch.highestSourceMs = Math.max(epoch.highestSourceMs, sourceMs);
    track.lastMs = mappedMs;
    return mappedMs;
  }

  private Epoch epochOf(TrackClock track, long sourceMs) {
    if (newest == null) {
      return open(-sourceMs);
    }
    Epoch own = track.epoch;
    if (own == null) {
      return isNear(newest, sourceMs, MAX_START_DIFFERENCE_MS)
          ? newest
          : leap(latestMs(), sourceMs);
    }
    if (goesOn(track, own, sourceMs)) {
      return own;
    }
    if (!own.equals(newest) && isNear(newest, sourceMs, MAX_FORWARD_MS)) {
      return newest;
    }
    boolean abreast = latestMs() - track.lastMs <= MAX_FORWARD_MS;
    return leap((abreast ? track.lastMs : latestMs()) + track.stepMs, sourceMs);
  }

  private static boolean goesOn(TrackClock track, Epoch own, long sourceMs) {
    return sourceMs >= track.highestSourceMs - MAX_BACKWARD_MS
        && sourceMs <= own.highestSourceMs + MAX_FORWARD_MS;
  }

  private static boolean isNear(Epoch epoch, long sourceMs, long windowMs) {
    return Math.abs(sourceMs - epoch.highestSourceMs) <= windowMs;
  }

  private Epoch leap(long targetMs, long sourceMs) {
    defects.accept(JUMP);
    return open(targetMs - sourceMs);
  }

  private Epoch open(long offsetMs) {
    Epoch epoch = new Epoch();
    epoch.offsetMs = offsetMs;
    newest = epoch;
    return epoch;
  }

  private static long join(TrackClock track, Epoch epoch, long sourceMs) {
    long mappedMs = sourceMs + epoch.offsetMs;
    if (track.epoch != null && mappedMs <= track.lastMs) {
      epoch.offsetMs += track.lastMs + track.stepMs - mappedMs;
    }
    track.epoch = epoch;
    track.highestSourceMs = sourceMs;
    return sourceMs + epoch.offsetMs;
  }

  private long advance(TrackClock track, Epoch epoch, long sourceMs) throws MediaFormatException {
    long stepMs = sourceMs - track.highestSourceMs;
    if (stepMs > 0) {
      track.highestSourceMs = sourceMs;
      track.stepMs = Math.min(stepMs, MAX_BACKWARD_MS);
    }
    long mappedMs = sourceMs + epoch.offsetMs;
    if (mappedMs > track.lastMs) {
      return mappedMs;
    }
    long repairedMs = track.lastMs + 1;
    if (repairedMs - mappedMs > MAX_REPAIR_MS) {
      throw new MediaFormatException.Malformed(
          "timestamp_stuck", "timestamps do not rise: " + sourceMs + " again and again");
    }
    defects.accept(REPAIRED);
    return repairedMs;
  }

  private long latestMs() {
    return video.epoch == null
        ? audio.lastMs
        : audio.epoch == null ? video.lastMs : Math.max(video.lastMs, audio.lastMs);
  }
}
