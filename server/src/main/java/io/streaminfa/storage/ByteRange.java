package io.streaminfa.storage;

/** The argument check that every store's range read shares. */
public final class ByteRange {
  private ByteRange() {}

  /** Refuses a negative offset or length as the caller's mistake. */
  public static void checkArguments(long offset, int length) {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("not a range: " + offset + "+" + length);
    }
  }
}
