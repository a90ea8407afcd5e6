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

  /** A quarter turn. */
  public Resolution turned() {
    return new Resolution(/* width= */ height, /* height= */ width);
  }

  /**
   * The largest size of this aspect ratio within a box, in even numbers as 4:2:0 needs them; at
   * least 2 by 2, and never beyond the box by rounding.
   */
  public Resolution fittedInto(Resolution box) {
    boolean widthBound = (long) box.width * height <= (long) box.height * width;
    double scale = widthBound ? (double) box.width / width : (double) box.height / height;
    return new Resolution(
        nearestEven(width * scale, box.width), nearestEven(height * scale, box.height));
  }

  private static int nearestEven(double pixels, int limit) {
    return Math.max(2, Math.min((int) Math.round(pixels / 2) * 2, limit & ~1));
  }

  /** The form of HLS's RESOLUTION attribute: {@code 1280x720}. */
  @Override
  public String toString() {
    return width + "x" + height;
  }
}
