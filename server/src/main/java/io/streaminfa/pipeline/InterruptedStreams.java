package io.streaminfa.pipeline;

import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamFilter;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamPage;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.stream.StreamState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a process that ended without its goodbye leaves behind: live streams without a pipeline,
 * which would stay live for ever. What is stored of them stays playable until its retention is
 * over.
 */
public final class InterruptedStreams {
  private static final Logger log = LoggerFactory.getLogger(InterruptedStreams.class);
  private static final String CODE = "interrupted";

  private final StreamRegistry streams;

  public InterruptedStreams(StreamRegistry streams) {
    this.streams = streams;
  }

  /**
   * Ends every live stream that was live or being finished; to be called before the first publisher
   * may come. Uploads go on with their jobs.
   */
  public void fail() throws StreamException {
    for (StreamState state : List.of(StreamState.LIVE, StreamState.PROCESSING)) {
      for (StreamId id : liveStreamsThatAre(state)) {
        streams.fail(
            id,
            CODE,
            "the server ended while the stream was %s; what was stored until then stays"
                .formatted(state.wireName()));
        log.warn("stream_interrupted stream_id={} was={}", id, state.wireName());
      }
    }
  }

  private List<StreamId> liveStreamsThatAre(StreamState state) {
    StreamFilter filter = new StreamFilter(Optional.of(state), Optional.of(IngestType.RTMP));
    List<StreamId> ids = new ArrayList<>();
    Optional<StreamId> after = Optional.empty();
    do {
      StreamPage page = streams.list(filter, after, StreamRegistry.MAX_PAGE);
      page.streams().stream().map(Stream::id).forEach(ids::add);
      after = page.next();
    } while (after.isPresent());
    return ids;
  }
}
