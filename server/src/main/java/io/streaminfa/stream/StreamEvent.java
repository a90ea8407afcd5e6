package io.streaminfa.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Something that happened to a stream and was saved together with its new state. */
public sealed interface StreamEvent {
  StreamId streamId();

  Instant at();

  /** The stable name that clients see, such as {@code stream_live}. */
  default String type() {
    return switch (this) {
      case Created _ -> "stream_created";
      case Edited _ -> "stream_edited";
      case KeyRotated _ -> "stream_key_rotated";
      case Live _ -> "stream_live";
      case PublisherLost _ -> "stream_publisher_lost";
      case PublisherBack _ -> "stream_publisher_back";
      case RenditionsAdded _ -> "stream_renditions_added";
      case Processing _ -> "stream_processing";
      case Progress _ -> "stream_progress";
      case Ready _ -> "stream_ready";
      case Failed _ -> "stream_failed";
      case Deleted _ -> "stream_deleted";
    };
  }

  record Created(StreamId streamId, Instant at, IngestType ingestType) implements StreamEvent {}

  /** Its metadata or its record flag changed. */
  record Edited(StreamId streamId, Instant at) implements StreamEvent {}

  record KeyRotated(StreamId streamId, Instant at) implements StreamEvent {}

  record Live(StreamId streamId, Instant at) implements StreamEvent {}

  /** The connection is gone; the reconnect window is open. */
  record PublisherLost(StreamId streamId, Instant at) implements StreamEvent {}

  record PublisherBack(StreamId streamId, Instant at) implements StreamEvent {}

  /** The source is known, and so is what will be made of it. */
  record RenditionsAdded(StreamId streamId, Instant at, List<String> names) implements StreamEvent {
    public RenditionsAdded {
      names = List.copyOf(names);
    }
  }

  record Processing(StreamId streamId, Instant at) implements StreamEvent {}

  /**
   * One more tenth of a file is done.
   *
   * @param tenths 1 to 9; the tenth is {@link Ready}
   */
  record Progress(StreamId streamId, Instant at, int tenths) implements StreamEvent {
    public Progress {
      if (tenths < 1 || tenths > 9) {
        throw new IllegalArgumentException("tenths: " + tenths);
      }
    }
  }

  record Ready(StreamId streamId, Instant at, Duration duration) implements StreamEvent {}

  record Failed(StreamId streamId, Instant at, StreamFailure failure) implements StreamEvent {}

  record Deleted(StreamId streamId, Instant at) implements StreamEvent {}
}
