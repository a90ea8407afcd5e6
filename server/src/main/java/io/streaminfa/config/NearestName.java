package io.streaminfa.config;

import java.util.Collection;
import java.util.Optional;

/** Finds what somebody meant who mistyped a name. */
public final class NearestName {
  /** Longer names are not compared: a suggestion is not worth their time. */
  private static final int MAX_LENGTH = 100;

  private NearestName() {}

  /** The name with the smallest edit distance, where at most a third of the letters differ. */
  public static Optional<String> of(String wrong, Collection<String> names) {
    if (wrong.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String best = null;
    int bestDistance = Math.max(2, wrong.length() / 3) + 1;
    for (String name : names) {
      int distance = distance(wrong, name);
      if (distance < bestDistance) {
        best = name;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Levenshtein's distance, one row of the matrix at a time. */
  static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(row[j - 1], previous[j]));
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
