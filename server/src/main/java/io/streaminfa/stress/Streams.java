package io.streaminfa.stress;

import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.StreamDefaults;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.stream.StreamStore;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;

/** A registry as the server opens it, and what the scenarios ask of it. */
final class Streams {
  private static final NewStream LIVE =
      new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty());

  private Streams() {}

  static StreamRegistry open(StreamStore store) throws StreamException {
    return StreamRegistry.open(store, Clock.systemUTC(), new StreamDefaults(true, Set.of()));
  }

  static NewStream.Made create(StreamRegistry registry) throws StreamException {
    return registry.create(LIVE);
  }

  static StreamId newId() {
    return StreamId.create(Clock.systemUTC());
  }
}
