package io.streaminfa.stream;

import java.util.Optional;

/**
 * Which streams a list shows.
 *
 * @param state empty: every state but deleted
 * @param ingestType empty: every type
 */
public record StreamFilter(Optional<StreamState> state, Optional<IngestType> ingestType) {
  public static final StreamFilter ALL = new StreamFilter(Optional.empty(), Optional.empty());

  boolean accepts(Stream stream) {
    return accepts(stream.ingestType(), stream.state());
  }

  boolean accepts(IngestType type, StreamState candidate) {
    boolean stateFits = state.map(s -> s == candidate).orElse(candidate != StreamState.DELETED);
    return stateFits && ingestType.map(t -> t == type).orElse(true);
  }
}
