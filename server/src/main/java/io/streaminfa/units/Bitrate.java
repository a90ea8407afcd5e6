package io.streaminfa.units;

/**
 * A rate of coded media.
 *
 * @param bitsPerSecond never negative
 */
public record Bitrate(long bitsPerSecond) {
  public Bitrate {
    if (bitsPerSecond < 0) {
      throw new IllegalArgumentException("negative bitrate: " + bitsPerSecond);
    }
  }

  /** A rate in the kilobits (1000 bits) that encoders and ladders are written in. */
  public static Bitrate ofKbps(long kilobitsPerSecond) {
    return new Bitrate(Math.multiplyExact(kilobitsPerSecond, 1000L));
  }
}
