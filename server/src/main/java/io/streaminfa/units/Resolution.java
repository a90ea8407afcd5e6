package io.streaminfa.units;

/**
 * The size of a picture.
 *
 * @param width pixels, at least 1
 * @param height pixels, at least 1
 */
public record Resolution(int width, int height) {
  public Resolution {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("empty picture: " + width + "x" + height);
    }
  }

  public int longEdge() {
    return Math.max(width, height);
  }

  public int shortEdge() {
    return Math.min(width, height);
  }

  public boolean isPortrait() {
    return height > width;
  }

  /** The form of HLS's RESOLUTION attribute: {@code 1280x720}. */
  @Override
  public String toString() {
    return width + "x" + height;
  }
}
