package io.streaminfa.storage;

/** The directory prefixes that listing and prefix deletion accept. */
public final class KeyPrefix {
  /** Sorts before every other name that an {@link ObjectKey} allows. */
  static final String LOWEST_NAME = "-";

  private KeyPrefix() {}

  /** Refuses a prefix that is empty, leaves the store or does not end in a slash. */
  public static void check(String prefix) {
    if (!prefix.endsWith("/") || !ObjectKey.isValid(prefix + LOWEST_NAME)) {
      throw new IllegalArgumentException("not a directory prefix: " + prefix);
    }
  }
}
