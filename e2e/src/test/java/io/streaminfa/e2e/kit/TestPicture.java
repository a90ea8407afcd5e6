package io.streaminfa.e2e.kit;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;

/**
 * The picture of a source film, and how to read it again after scaling and coding.
 *
 * <p>On a grid of {@value #GRID_WIDTH}x{@value #GRID_HEIGHT} cells: the top four rows are sixteen
 * blocks, the bits of the frame number, white for one, the most significant bit at the left. A
 * rectangle at the left of the middle flashes. A box travels through the lower part. The rest is a
 * fixed background with texture and colour.
 */
final class TestPicture {
  static final int GRID_WIDTH = 64;
  static final int GRID_HEIGHT = 36;
  private static final int BITS = 16;
  private static final byte WHITE = (byte) 235;
  private static final byte BLACK = 16;

  private final int width;
  private final int height;
  private final byte[] background;
  private final byte[] frame;

  TestPicture(int width, int height) {
    this.width = width;
    this.height = height;
    this.background = background(width, height);
    this.frame = background.clone();
  }

  private static byte[] background(int width, int height) {
    int chromaWidth = (width + 1) / 2;
    int chromaHeight = (height + 1) / 2;
    byte[] out = new byte[width * height + 2 * chromaWidth * chromaHeight];
    int[] texture = new Random(7).ints(64, -12, 13).toArray();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        // Cells of a 64th of the width, so that the texture survives scaling to any rung.
        int cell = (x * GRID_WIDTH / width * 5 + y * GRID_HEIGHT / height * 11) & 63;
        out[y * width + x] = (byte) (60 + 90 * x / width + 30 * y / height + texture[cell]);
      }
    }
    int u = width * height;
    int v = u + chromaWidth * chromaHeight;
    for (int y = 0; y < chromaHeight; y++) {
      for (int x = 0; x < chromaWidth; x++) {
        out[u + y * chromaWidth + x] = (byte) (90 + 76 * x / chromaWidth);
        out[v + y * chromaWidth + x] = (byte) (90 + 76 * y / chromaHeight);
      }
    }
    return out;
  }

  /** Draws what changes from frame to frame, and writes the whole frame as planar 4:2:0. */
  void write(int number, boolean flash, OutputStream out) throws IOException {
    for (int bit = 0; bit < BITS; bit++) {
      boolean one = (number >> (BITS - 1 - bit) & 1) == 1;
      fill(bit * 4, 0, bit * 4 + 4, 4, one ? WHITE : BLACK);
    }
    fill(8, 12, 24, 22, flash ? WHITE : BLACK);
    restoreRows(26, 32);
    int left = number * 2 % (2 * (GRID_WIDTH - 4));
    int column = left < GRID_WIDTH - 4 ? left : 2 * (GRID_WIDTH - 4) - left;
    fill(column, 26, column + 4, 32, (byte) 200);
    out.write(frame);
  }

  private void fill(int left, int top, int right, int bottom, byte luma) {
    for (int y = top * height / GRID_HEIGHT; y < bottom * height / GRID_HEIGHT; y++) {
      int row = y * width;
      Arrays.fill(frame, row + left * width / GRID_WIDTH, row + right * width / GRID_WIDTH, luma);
    }
  }

  private void restoreRows(int top, int bottom) {
    int from = top * height / GRID_HEIGHT * width;
    int to = bottom * height / GRID_HEIGHT * width;
    System.arraycopy(background, from, frame, from, to - from);
  }

  /** The number in a frame that was scaled to the grid, one byte of luma a cell. */
  static int readNumber(byte[] grid) {
    int number = 0;
    for (int bit = 0; bit < BITS; bit++) {
      number = number << 1 | (mean(grid, bit * 4 + 1, 1, bit * 4 + 3, 3) > 125 ? 1 : 0);
    }
    return number;
  }

  /** The brightness of the flash rectangle, 0 to 255. */
  static int readFlash(byte[] grid) {
    return mean(grid, 10, 14, 22, 20);
  }

  private static int mean(byte[] grid, int left, int top, int right, int bottom) {
    int sum = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        sum += grid[y * GRID_WIDTH + x] & 0xff;
      }
    }
    return sum / ((right - left) * (bottom - top));
  }
}
