package io.streaminfa.pipeline;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The source's last groups of pictures, so that a worker that replaces another can decode what the
 * first one had taken but not given back. It holds everything since the key frame before the last
 * picture that every rung has delivered; with an encoder whose key frames are ten seconds apart
 * that is some ten seconds of source.
 *
 * <p>Not safe for use by several threads.
 */
final class ReplayBuffer {
  /** A source at ingest.max_bitrate_kbps' default with key frames 10 s apart needs 25 MB. */
  static final long MAX_BYTES = 48L << 20;

  private final Deque<GroupOfPictures> groups = new ArrayDeque<>();
  private long sizeBytes;

  /**
   * Keeps the sample, when decoding could begin at or before it.
   *
   * @param isVideo whether the sample belongs to the video track
   */
  void add(Sample sample, boolean isVideo) {
    if (isVideo && sample.sync()) {
      groups.addLast(new GroupOfPictures(sample.ptsTicks(), new ArrayList<>()));
    }
    GroupOfPictures current = groups.peekLast();
    if (current == null) {
      return;
    }
    current.samples.add(sample);
    sizeBytes += sample.sizeBytes();
    while (sizeBytes > MAX_BYTES && !groups.isEmpty()) {
      dropFirst();
    }
  }

  /** Forgets what is not needed to decode from {@code ptsTicks} on. */
  void trimTo(long ptsTicks) {
    while (groups.size() > 1 && second().firstPtsTicks <= ptsTicks) {
      dropFirst();
    }
  }

  /** Sends all that is held, in its original order. */
  void replayTo(MediaSink sink) throws MediaFormatException, InterruptedException {
    for (GroupOfPictures group : groups) {
      for (Sample sample : group.samples) {
        sink.write(sample);
      }
    }
  }

  void clear() {
    groups.clear();
    sizeBytes = 0;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  private GroupOfPictures second() {
    var iterator = groups.iterator();
    iterator.next();
    return iterator.next();
  }

  private void dropFirst() {
    for (Sample sample : groups.removeFirst().samples) {
      sizeBytes -= sample.sizeBytes();
    }
  }

  private record GroupOfPictures(long firstPtsTicks, List<Sample> samples) {}
}
