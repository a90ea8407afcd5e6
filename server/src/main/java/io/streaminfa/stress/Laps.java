package io.streaminfa.stress;

/** How long each operation of one thread took. */
final class Laps {
  private final long[] nanos;
  private int count;
  private long lastNanos;

  /**
   * @param max operations; room for all is made now, so that timing allocates nothing
   */
  Laps(int max) {
    nanos = new long[max];
  }

  void start() {
    lastNanos = System.nanoTime();
  }

  /** An operation is over, and the next begins. */
  void lap() {
    long now = System.nanoTime();
    nanos[count++] = now - lastNanos;
    lastNanos = now;
  }

  int count() {
    return count;
  }

  void copyTo(long[] all, int at) {
    System.arraycopy(nanos, 0, all, at, count);
  }
}
