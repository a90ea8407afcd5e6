package io.streaminfa.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The rules by which one stream becomes the next: pure functions, no store and no lock. */
final class Transitions {
  private Transitions() {}

  /** A stream's next record and what to tell about it. */
  record Change(Stream after, StreamEvent event) {}

  /** One rule; an empty answer means that the stream is already as asked. */
  @FunctionalInterface
  interface Rule {
    Optional<Change> apply(Stream before, Instant now) throws StreamException.Conflict;
  }

  static Rule markLive() {
    return (before, now) -> {
      requireType(before, IngestType.RTMP);
      Stream.Builder after = become(before, StreamState.LIVE, now).publishing(true);
      return change(after, new StreamEvent.Live(before.id(), now));
    };
  }

  static Rule publisherLost() {
    return (before, now) -> {
      requireLive(before);
      if (!before.publishing()) {
        return Optional.empty();
      }
      return change(
          before.toBuilder().publishing(false).updatedAt(now),
          new StreamEvent.PublisherLost(before.id(), now));
    };
  }

  static Rule publisherBack() {
    return (before, now) -> {
      requireLive(before);
      if (before.publishing()) {
        return Optional.empty();
      }
      return change(
          before.toBuilder().publishing(true).updatedAt(now),
          new StreamEvent.PublisherBack(before.id(), now));
    };
  }

  static Rule describe(MediaInfo mediaInfo, List<StreamRendition> renditions) {
    List<String> names = renditions.stream().map(StreamRendition::name).toList();
    return (before, now) -> {
      if (before.state() != StreamState.LIVE && before.state() != StreamState.PROCESSING) {
        throw new StreamException.Conflict(
            "stream_not_running",
            "a stream that is " + before.state().wireName() + " has no media");
      }
      return change(
          before.toBuilder()
              .mediaInfo(mediaInfo)
              .renditions(keepingCounts(before.renditions(), renditions))
              .updatedAt(now),
          new StreamEvent.RenditionsAdded(before.id(), now, names));
    };
  }

  /** A rendition that goes on after its publisher came back has its segments still. */
  private static List<StreamRendition> keepingCounts(
      List<StreamRendition> before, List<StreamRendition> after) {
    Map<String, Long> counts =
        before.stream()
            .collect(Collectors.toMap(StreamRendition::name, StreamRendition::segmentsProduced));
    return after.stream()
        .map(
            rendition ->
                rendition.withSegmentsProduced(
                    counts.getOrDefault(rendition.name(), rendition.segmentsProduced())))
        .toList();
  }

  static Rule processing() {
    return (before, now) -> {
      if (before.state() == StreamState.PENDING) {
        // A live stream has nothing to process before it was live.
        requireType(before, IngestType.UPLOAD);
      }
      return change(
          become(before, StreamState.PROCESSING, now),
          new StreamEvent.Processing(before.id(), now));
    };
  }

  static Rule processingUpload() {
    return (before, now) -> {
      requireType(before, IngestType.UPLOAD);
      return processing().apply(before, now);
    };
  }

  /** What to save and tell when a stream that is processed has come to another tenth. */
  static Optional<Change> progress(Stream before, double fraction, Instant now) {
    int tenths = tenths(fraction);
    if (before.state() != StreamState.PROCESSING
        || tenths <= tenths(before.progress())
        || tenths > 9) {
      return Optional.empty();
    }
    return change(
        before.toBuilder().progress(fraction).updatedAt(now),
        new StreamEvent.Progress(before.id(), now, tenths));
  }

  /** Of 0.3 as it comes out of a division, 3: what is short of a tenth by rounding is the tenth. */
  private static int tenths(double fraction) {
    return (int) Math.floor(fraction * 10 + 1e-9);
  }

  static Rule ready(Duration duration) {
    return (before, now) ->
        change(
            become(before, StreamState.READY, now)
                .duration(duration)
                .progress(1)
                .renditions(settled(before, StreamRendition.Status.COMPLETE)),
            new StreamEvent.Ready(before.id(), now, duration));
  }

  static Rule fail(StreamFailure failure) {
    return (before, now) ->
        change(
            become(before, StreamState.ERROR, now)
                .failure(failure)
                .renditions(settled(before, StreamRendition.Status.FAILED)),
            new StreamEvent.Failed(before.id(), now, failure));
  }

  static Rule delete() {
    return (before, now) -> {
      if (before.state() == StreamState.DELETED) {
        return Optional.empty();
      }
      return change(
          become(before, StreamState.DELETED, now)
              .deletedAt(now)
              .renditions(settled(before, StreamRendition.Status.FAILED)),
          new StreamEvent.Deleted(before.id(), now));
    };
  }

  static Rule edit(Optional<Metadata> metadata, Optional<Boolean> record) {
    return (before, now) -> {
      requireNotDeleted(before);
      if (record.isPresent() && record.get() != before.record()) {
        requireType(before, IngestType.RTMP);
        requireRecordOpen(before);
      }
      return change(
          before.toBuilder()
              .metadata(metadata.orElse(before.metadata()))
              .record(record.orElse(before.record()))
              .updatedAt(now),
          new StreamEvent.Edited(before.id(), now));
    };
  }

  /** What is live has let go of segments, or kept them, from its first picture on. */
  private static void requireRecordOpen(Stream before) throws StreamException.Conflict {
    switch (before.state()) {
      case PENDING -> {
        // Nothing was kept or dropped yet.
      }
      case LIVE ->
          throw new StreamException.Conflict(
              "stream_already_live", "record can change only until the stream's first picture");
      case PROCESSING, READY, ERROR, DELETED ->
          throw new StreamException.Conflict(
              "record_decided", "the stream is over, and what was recorded of it is decided");
    }
  }

  static Rule rotateKey(KeyHash next, StreamDefaults defaults) {
    return (before, now) -> {
      requireNotDeleted(before);
      requireType(before, IngestType.RTMP);
      if (!before.state().takesMedia()) {
        throw new StreamException.Conflict(
            "stream_ended",
            "a stream that is " + before.state().wireName() + " takes no publisher any more");
      }
      // A new key for this stream would not stop the old one, which the settings go on to allow.
      if (before.keyHash().map(defaults.ingestKeys()::contains).orElse(false)) {
        throw new StreamException.Conflict(
            "key_from_settings", "the key is one of auth.ingest_stream_keys; change it there");
      }
      return change(
          before.toBuilder().keyHash(next).updatedAt(now),
          new StreamEvent.KeyRotated(before.id(), now));
    };
  }

  private static Optional<Change> change(Stream.Builder after, StreamEvent event) {
    return Optional.of(new Change(after.build(), event));
  }

  private static Stream.Builder become(Stream before, StreamState next, Instant now)
      throws StreamException.Conflict {
    if (!before.state().canBecome(next)) {
      throw StreamException.Conflict.transition(before, next);
    }
    return before.toBuilder().state(next).publishing(false).updatedAt(now);
  }

  /** What is still active ends with its stream; what was complete before stays complete. */
  private static List<StreamRendition> settled(Stream stream, StreamRendition.Status status) {
    return stream.renditions().stream()
        .map(r -> r.status() == StreamRendition.Status.ACTIVE ? r.withStatus(status) : r)
        .toList();
  }

  private static void requireLive(Stream stream) throws StreamException.Conflict {
    if (stream.state() != StreamState.LIVE) {
      throw new StreamException.Conflict(
          "stream_not_live", "the stream is " + stream.state().wireName() + ", not live");
    }
  }

  private static void requireNotDeleted(Stream stream) throws StreamException.Conflict {
    if (stream.state() == StreamState.DELETED) {
      throw new StreamException.Conflict("stream_deleted", "the stream was deleted");
    }
  }

  private static void requireType(Stream stream, IngestType type) throws StreamException.Conflict {
    if (stream.ingestType() != type) {
      throw new StreamException.Conflict(
          "wrong_ingest_type",
          "only %s streams do this; this one is %s"
              .formatted(type.wireName(), stream.ingestType().wireName()));
    }
  }
}
