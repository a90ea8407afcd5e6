package io.streaminfa.packager;

import io.streaminfa.transcode.Rendition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a rendition needs: BANDWIDTH and AVERAGE-BANDWIDTH. */
record Bandwidth(long peakBitsPerSecond, long averageBitsPerSecond) {
  /** moof, mdat and styp of a chunk a second, and 8 bytes a picture or frame. */
  private static final long CONTAINER_BITS_PER_SECOND = 6_000;

  /** An AAC encoder's bit reservoir lets a segment exceed the target by so much. */
  private static final int AUDIO_PEAK_PERCENT = 110;

  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int BITS_PER_BYTE = 8;

  Bandwidth plus(Bandwidth other) {
    return new Bandwidth(
        peakBitsPerSecond + other.peakBitsPerSecond,
        averageBitsPerSecond + other.averageBitsPerSecond);
  }

  /** What the encoder was told, and the container around it. */
  static Bandwidth declared(Rendition rendition) {
    long average = rendition.bitrate().bitsPerSecond();
    long peak =
        switch (rendition) {
          case Rendition.Video video -> Math.max(average, video.peakBitrate().bitsPerSecond());
          case Rendition.Audio audio -> average * AUDIO_PEAK_PERCENT / 100;
        };
    return new Bandwidth(peak + CONTAINER_BITS_PER_SECOND, average + CONTAINER_BITS_PER_SECOND);
  }

  /**
   * What the segments are. RFC 8216bis, 4.4.6.2: the peak is the largest bit rate of any contiguous
   * set of segments that lasts between 0.5 and 1.5 target durations.
   */
  static Bandwidth measured(List<ListedRow> rows, String rendition, Duration targetDuration) {
    long minMicros = targetDuration.toMillis() * 500;
    long maxMicros = targetDuration.toMillis() * 1500;
    List<ListedRow.Entry> run = new ArrayList<>();
    long bytes = 0;
    long micros = 0;
    long peak = 0;
    for (ListedRow row : rows) {
      ListedRow.Entry entry = row.entries().get(rendition);
      if (entry == null || entry.isGap()) {
        run.clear();
        continue;
      }
      bytes += entry.sizeBytes();
      micros += entry.durationMicros();
      run.add(entry);
      peak = Math.max(peak, peakEndingHere(run, minMicros, maxMicros));
    }
    long average = micros == 0 ? 0 : bitsPerSecond(bytes, micros);
    return new Bandwidth(Math.max(peak, average), average);
  }

  /** Also forgets the entries that no later run can reach. */
  private static long peakEndingHere(List<ListedRow.Entry> run, long minMicros, long maxMicros) {
    long bytes = 0;
    long micros = 0;
    long peak = 0;
    for (int i = run.size() - 1; i >= 0; i--) {
      bytes += run.get(i).sizeBytes();
      micros += run.get(i).durationMicros();
      if (micros > maxMicros) {
        run.subList(0, i + 1).clear();
        break;
      }
      if (micros >= minMicros) {
        peak = Math.max(peak, bitsPerSecond(bytes, micros));
      }
    }
    return peak;
  }

  private static long bitsPerSecond(long bytes, long micros) {
    // Rounded up: a peak is not to be exceeded.
    return (long) Math.ceil((double) bytes * BITS_PER_BYTE * MICROS_PER_SECOND / micros);
  }
}
