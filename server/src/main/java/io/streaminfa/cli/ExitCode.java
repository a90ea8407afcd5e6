package io.streaminfa.cli;

/** What the process ends with. */
public final class ExitCode {
  public static final int OK = 0;
  public static final int FAILURE = 1;

  /** Wrong usage, or settings that cannot be used. */
  public static final int USAGE = 2;

  private ExitCode() {}
}
