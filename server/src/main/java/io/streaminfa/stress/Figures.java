package io.streaminfa.stress;

import java.util.Arrays;
import java.util.List;

/**
 * What one round came to.
 *
 * @param operations done
 * @param totalNanos from the start of all threads to the end of the last
 * @param p50Nanos what half of the operations took at most
 * @param p99Nanos what 99 of 100 took at most
 * @param allocatedBytes by the whole process meanwhile
 */
public record Figures(
    long operations, long totalNanos, long p50Nanos, long p99Nanos, long allocatedBytes) {
  static Figures of(List<Laps> laps, long totalNanos, long allocatedBytes) {
    long[] all = new long[laps.stream().mapToInt(Laps::count).sum()];
    int at = 0;
    for (Laps one : laps) {
      one.copyTo(all, at);
      at += one.count();
    }
    Arrays.sort(all);
    return new Figures(
        all.length,
        Math.max(totalNanos, 1),
        all[(int) (0.50 * (all.length - 1))],
        all[(int) (0.99 * (all.length - 1))],
        allocatedBytes);
  }

  public double perSecond() {
    return operations * 1e9 / totalNanos;
  }

  /** The wall clock's share of one operation. */
  public double nanosEach() {
    return (double) totalNanos / operations;
  }

  public double bytesEach() {
    return (double) allocatedBytes / operations;
  }
}
