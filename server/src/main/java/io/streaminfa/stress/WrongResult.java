package io.streaminfa.stress;

/** What a scenario left behind is not what it should be. */
public final class WrongResult extends Exception {
  private static final long serialVersionUID = 1L;

  WrongResult(String message) {
    super(message);
  }

  static void unless(boolean isRight, String message) throws WrongResult {
    if (!isRight) {
      throw new WrongResult(message);
    }
  }
}
