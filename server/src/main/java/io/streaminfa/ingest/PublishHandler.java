package io.streaminfa.ingest;

/** Decides who may publish, and takes what they send. */
@FunctionalInterface
public interface PublishHandler {
  /**
   * Authenticates and claims the stream. Returns before any media is read; the caller then sends
   * media to the session and calls its {@code end} exactly once.
   *
   * @throws PublishRejected when the publisher must be told no
   */
  PublishSession open(PublishRequest request) throws PublishRejected, InterruptedException;
}
