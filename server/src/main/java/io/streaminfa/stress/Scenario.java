package io.streaminfa.stress;

import io.streaminfa.state.StateException;
import io.streaminfa.stream.StreamException;

/** One load on the server's classes. Rounds follow one another, on what the scenario keeps open. */
public interface Scenario extends AutoCloseable {
  /** What one operation does, such as {@code a put of 204800 bytes to memory}. */
  String operation();

  /**
   * Does the whole load once, and then looks at what is there.
   *
   * @throws WrongResult when it is not what it should be
   * @throws Exception when an operation failed
   */
  Figures round() throws Exception;

  /**
   * Checks what can only be checked at the end, and leaves nothing behind.
   *
   * @throws WrongResult when something is not there
   */
  @Override
  void close() throws WrongResult, StateException, StreamException;
}
