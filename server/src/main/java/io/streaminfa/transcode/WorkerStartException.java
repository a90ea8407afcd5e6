package io.streaminfa.transcode;

/** A worker process that did not come up. */
public final class WorkerStartException extends Exception {
  private static final long serialVersionUID = 1L;

  WorkerStartException(String message) {
    super(message);
  }
}
