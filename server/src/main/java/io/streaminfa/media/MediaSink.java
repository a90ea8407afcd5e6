package io.streaminfa.media;

import java.util.List;

/**
 * The one port that media flows through. Calls come from one thread at a time, in the order {@code
 * start (write* start?)* end}; each may block, and that is the back-pressure.
 */
public interface MediaSink {
  /**
   * Announces the tracks that the following samples belong to. Called again when a codec
   * configuration changes or a track comes or goes; it replaces the earlier list.
   *
   * @throws MediaFormatException when these tracks cannot be taken
   */
  void start(List<Track> tracks) throws MediaFormatException, InterruptedException;

  /**
   * Takes one sample of an announced track.
   *
   * @throws MediaFormatException when the stream can no longer be processed
   */
  void write(Sample sample) throws MediaFormatException, InterruptedException;

  /** No more samples will come. Called exactly once, whatever happened before. */
  void end(EndReason reason) throws InterruptedException;
}
