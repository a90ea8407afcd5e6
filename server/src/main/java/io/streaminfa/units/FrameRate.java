package io.streaminfa.units;

import java.util.Locale;

/**
 * Pictures per second as a fraction, so that 30000/1001 stays what it is.
 *
 * @param numerator at least 1
 * @param denominator at least 1
 */
public record FrameRate(int numerator, int denominator) {
  public FrameRate {
    if (numerator < 1 || denominator < 1) {
      throw new IllegalArgumentException("not a frame rate: " + numerator + "/" + denominator);
    }
  }

  public double perSecond() {
    return (double) numerator / denominator;
  }

  public FrameRate halved() {
    return numerator % 2 == 0
        ? new FrameRate(numerator / 2, denominator)
        : new FrameRate(numerator, Math.multiplyExact(denominator, 2));
  }

  /** The form of HLS's FRAME-RATE attribute: three decimals. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.3f", perSecond());
  }
}
