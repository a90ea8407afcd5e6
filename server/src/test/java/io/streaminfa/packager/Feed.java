package io.streaminfa.packager;

import io.streaminfa.media.Sample;
import io.streaminfa.transcode.Rendition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Encoders that never tire: samples of several tracks in the order in which they would come. */
final class Feed {
  private static final long GOP_TICKS = 180_000;

  private final List<Track> tracks = new ArrayList<>();
  private final double fromSeconds;
  private Predicate<Sample> kept = sample -> true;

  /** One track's samples by number. */
  private interface Source {
    Sample sample(long number);
  }

  private static final class Track {
    final Source source;
    final double ticksPerSecond;
    final double delaySeconds;
    Sample next;
    long number;

    Track(Source source, double ticksPerSecond, double delaySeconds) {
      this.source = source;
      this.ticksPerSecond = ticksPerSecond;
      this.delaySeconds = delaySeconds;
      next = source.sample(0);
    }

    double arrivalSeconds() {
      return next.dtsTicks() / ticksPerSecond + delaySeconds;
    }
  }

  /** Takes the samples of the outside world. */
  interface Sink {
    void write(Sample sample) throws InterruptedException;
  }

  Feed(double fromSeconds) {
    this.fromSeconds = fromSeconds;
  }

  Feed video(Rendition.Video rendition, double delaySeconds, boolean reordered) {
    double ticks =
        90_000.0 * rendition.frameRate().denominator() / rendition.frameRate().numerator();
    long first = Math.round(Math.ceil(fromSeconds * 90_000 / ticks));
    int id = rendition.track().id();
    Source source =
        n -> {
          long dts = Math.round((first + n) * ticks);
          boolean sync =
              n == 0 || dts / GOP_TICKS != Math.round((first + n - 1) * ticks) / GOP_TICKS;
          long shown = first + n + (reordered ? reorder(first + n, ticks) : 0);
          return new Sample(id, dts, Math.round(shown * ticks), sync, payload(id, first + n));
        };
    tracks.add(new Track(source, 90_000, delaySeconds));
    return this;
  }

  /** I P B B P B B in decoding order: how many pictures later than decoded one is shown. */
  private static long reorder(long number, double ticks) {
    long inGop = number;
    while (inGop > 0
        && Math.round(inGop * ticks) / GOP_TICKS == Math.round(number * ticks) / GOP_TICKS) {
      inGop--;
    }
    long gopStart = inGop == 0 ? 0 : inGop + 1;
    long place = number - gopStart;
    long lastInGroup = gopStart + (place + 2) / 3 * 3;
    boolean wholeGroup =
        Math.round(lastInGroup * ticks) / GOP_TICKS == Math.round(number * ticks) / GOP_TICKS;
    return place == 0 || !wholeGroup ? 0 : place % 3 == 1 ? 2 : -1;
  }

  Feed audio(Rendition.Audio rendition, double delaySeconds) {
    int rate = rendition.sampleRate();
    long first = (long) Math.ceil(fromSeconds * rate / 1024);
    int id = rendition.track().id();
    Source source =
        n -> {
          long ticks = (first + n) * 1024;
          return new Sample(id, ticks, ticks, true, payload(id, first + n));
        };
    tracks.add(new Track(source, rate, delaySeconds));
    return this;
  }

  /** Loses the samples that do not pass. */
  Feed keeping(Predicate<Sample> predicate) {
    kept = predicate;
    return this;
  }

  /** A NAL unit of eight bytes that says whose and which it is. */
  private static ByteBuffer payload(int track, long number) {
    return ByteBuffer.allocate(12)
        .putInt(8)
        .putInt(0x6500_0000 | track)
        .putInt((int) number)
        .flip()
        .asReadOnlyBuffer();
  }

  /** Writes everything before a moment on the timeline, once. */
  void until(double seconds, Sink sink) throws InterruptedException {
    while (!tracks.isEmpty()) {
      Track track =
          tracks.stream().min(Comparator.comparingDouble(Track::arrivalSeconds)).orElseThrow();
      if (track.next.dtsTicks() / track.ticksPerSecond >= seconds - 1e-9) {
        tracks.remove(track);
        continue;
      }
      Sample sample = track.next;
      track.next = track.source.sample(++track.number);
      if (kept.test(sample)) {
        sink.write(sample);
      }
    }
  }
}
