package io.streaminfa.pipeline;

import io.streaminfa.jobs.VodChunk;
import io.streaminfa.stream.StreamId;

/** What a thread can do next for a file. */
sealed interface VodTask {
  StreamId streamId();

  /** Look into the file, as no earlier process has done, and cut it into chunks. */
  record Plan(StreamId streamId) implements VodTask {}

  /** Encode a chunk that was claimed. */
  record Encode(VodChunk chunk) implements VodTask {
    @Override
    public StreamId streamId() {
      return chunk.streamId();
    }
  }

  /** Say the last words if nothing else is missing. */
  record Finish(StreamId streamId) implements VodTask {}
}
