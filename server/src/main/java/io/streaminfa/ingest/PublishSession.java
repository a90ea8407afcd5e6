package io.streaminfa.ingest;

import io.streaminfa.media.MediaSink;

/** One accepted publisher's way into a stream. */
public interface PublishSession extends MediaSink {
  /** For log lines and metrics. */
  String streamId();

  /**
   * Lets the handler end the connection from its side, such as when the stream is deleted or
   * stopped. Called once, before the first {@code start}.
   */
  void onCutOff(CutOff listener);

  /** Ends the connection with a reason that the publisher may read. Safe from any thread. */
  @FunctionalInterface
  interface CutOff {
    /**
     * @param code snake_case, such as {@code stream_deleted}
     * @param description a sentence for the publisher
     */
    void cutOff(String code, String description);
  }
}
