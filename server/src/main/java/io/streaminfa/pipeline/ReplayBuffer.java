package io.streaminfa.pipeline;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The source's last groups of pictures, so that a worker that replaces another can decode what the
 * first one had taken but not given back. It holds everything since the key frame before the end of
 * the last complete segment; with an encoder whose key frames are ten seconds apart that is some
 * twenty seconds of source.
 *
 * <p>Not safe for use by several threads.
 */
final class ReplayBuffer {
  /** A source at ingest.max_bitrate_kbps' default with key frames 10 s apart needs 50 MB. */
  static final long MAX_BYTES = 64L << 20;

  private final Deque<GroupOfPictures> groups = new ArrayDeque<>();
  private List<Track> tracks = List.of();
  private long sizeBytes;

  /** The samples that follow belong to these. */
  void start(List<Track> announced) {
    tracks = List.copyOf(announced);
    GroupOfPictures current = groups.peekLast();
    if (current != null) {
      current.entries.add(new Entry.Announced(tracks));
    }
  }

  /**
   * Keeps the sample, when decoding could begin at or before it.
   *
   * @param isVideo whether the sample belongs to the video track
   */
  void add(Sample sample, boolean isVideo) {
    if (isVideo && sample.sync()) {
      groups.addLast(new GroupOfPictures(sample.ptsTicks(), tracks, new ArrayList<>()));
    }
    GroupOfPictures current = groups.peekLast();
    if (current == null) {
      return;
    }
    current.entries.add(new Entry.Taken(sample));
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

  /** Announces the tracks and sends all that is held, in its original order. */
  void replayTo(MediaSink sink) throws MediaFormatException, InterruptedException {
    sink.start(groups.isEmpty() ? tracks : groups.getFirst().tracks);
    for (GroupOfPictures group : groups) {
      for (Entry entry : group.entries) {
        switch (entry) {
          case Entry.Announced(List<Track> announced) -> sink.start(announced);
          case Entry.Taken(Sample sample) -> sink.write(sample);
        }
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
    for (Entry entry : groups.removeFirst().entries) {
      if (entry instanceof Entry.Taken(Sample sample)) {
        sizeBytes -= sample.sizeBytes();
      }
    }
  }

  /** What came from the publisher. */
  private sealed interface Entry {
    record Announced(List<Track> tracks) implements Entry {}

    record Taken(Sample sample) implements Entry {}
  }

  /**
   * @param tracks in force at its key frame
   */
  private record GroupOfPictures(long firstPtsTicks, List<Track> tracks, List<Entry> entries) {}
}
