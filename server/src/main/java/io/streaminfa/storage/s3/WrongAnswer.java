package io.streaminfa.storage.s3;

import java.io.IOException;

/** An answer that no service may give; it does not become better when it is asked for again. */
final class WrongAnswer extends IOException {
  private static final long serialVersionUID = 1L;

  WrongAnswer(String message) {
    super(message);
  }
}
