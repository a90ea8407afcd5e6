package io.streaminfa.stream;

/** Hears of every saved change, in the order in which they were saved. */
@FunctionalInterface
public interface StreamListener {
  /**
   * Called while the registry is locked: must hand over and return at once, and must not call back
   * into the registry's transitions.
   *
   * @param number of the event, see {@link StreamStore#save}
   * @param after the stream as the event left it
   */
  void changed(long number, StreamEvent event, Stream after);
}
