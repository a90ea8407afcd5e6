package io.streaminfa.ingest.rtmp;

/**
 * Makes RTMP's 32-bit milliseconds into a number that does not wrap after 49.7 days: each value is
 * taken as the nearest one to its predecessor ("serial number arithmetic", RTMP 1.0, 5.3.1.1).
 * Audio and video of a connection share one, since they share the clock.
 */
final class TimestampUnwrapper {
  private boolean begun;
  private int lastWire;
  private long last;

  /**
   * @param wireMs unsigned 32 bits
   */
  long unwrap(long wireMs) {
    int wire = (int) wireMs;
    last = begun ? last + (wire - lastWire) : wireMs & 0xffff_ffffL;
    lastWire = wire;
    begun = true;
    return last;
  }
}
