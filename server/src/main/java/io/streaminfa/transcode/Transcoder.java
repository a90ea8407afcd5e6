package io.streaminfa.transcode;

import io.streaminfa.media.MediaSink;

/** Starts transcodes; each has a worker process of its own. */
@FunctionalInterface
public interface Transcoder {
  /**
   * Starts a worker for one live source. The returned sink takes the demuxed source; its {@code
   * write} blocks while the worker's bounded queue is full and throws nothing when the worker dies
   * (the output hears of it, and later samples are dropped). {@code end(CLEAN)} drains the
   * encoders; {@code output.ended()} or {@code output.failed()} follows within the worker's stop
   * deadline. Any other end reason stops the worker at once, and the output still hears {@code
   * ended}.
   *
   * @param name the stream's id, for the log and the metrics
   * @param encodeFromMillis pictures before this time of the input's timeline are decoded and
   *     thrown away; the first one encoded is a key frame
   */
  MediaSink open(String name, long encodeFromMillis, TranscodeOutput output);
}
