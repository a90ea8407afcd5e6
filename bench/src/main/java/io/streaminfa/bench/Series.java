package io.streaminfa.bench;

import java.util.List;
import java.util.Locale;

/** Measurements of one thing, in the order in which they were taken; at least one. */
record Series(List<Double> values) {
  Series {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no measurements");
    }
    values = List.copyOf(values);
  }

  double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  double max() {
    return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }

  private double min() {
    return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  /** Each value by the other's of the same turn: what both turns had in common falls out. */
  Series over(Series other) {
    if (values.size() != other.values.size()) {
      throw new IllegalArgumentException(values.size() + " values over " + other.values.size());
    }
    Double[] ratios = new Double[values.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = values.get(i) / other.values.get(i);
    }
    return new Series(List.of(ratios));
  }

  /** The median, and from where to where the values went. */
  String text(int decimals, String unit) {
    String number = "%." + decimals + "f";
    return String.format(
        Locale.ROOT,
        "median " + number + "%s (" + number + " to " + number + ", n=%d)",
        median(),
        unit.isEmpty() ? "" : " " + unit,
        min(),
        max(),
        values.size());
  }
}
