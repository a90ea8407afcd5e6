package io.streaminfa.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known of a stream at one moment. Immutable; the {@link StreamRegistry} holds
 * the newest.
 *
 * @param publishing whether a publisher is connected; only ever true while live
 * @param record whether a live stream becomes a complete recording at its end; true for uploads
 * @param keyHash of the key that publishes to it; empty for uploads
 * @param updatedAt of the last saved change; progress does not count
 * @param renditions in the order of the ladder, empty until the source is known
 * @param progress of processing, 0 to 1
 * @param remaining how long processing is going to take yet, as far as it can be said; not saved
 * @param duration of the whole stream, once it is over
 * @param failure present exactly when the state is {@link StreamState#ERROR}, or was before it was
 *     deleted
 * @param deletedAt present exactly when the state is {@link StreamState#DELETED}
 */
public record Stream(
    StreamId id,
    IngestType ingestType,
    StreamState state,
    boolean publishing,
    Metadata metadata,
    boolean record,
    Optional<KeyHash> keyHash,
    Instant createdAt,
    Instant updatedAt,
    Optional<MediaInfo> mediaInfo,
    List<StreamRendition> renditions,
    double progress,
    Optional<Duration> remaining,
    Optional<Duration> duration,
    Optional<StreamFailure> failure,
    Optional<Instant> deletedAt) {
  public Stream {
    renditions = List.copyOf(renditions);
    if (publishing && state != StreamState.LIVE) {
      throw new IllegalArgumentException("publishing while " + state);
    }
    if (!(progress >= 0 && progress <= 1)) {
      throw new IllegalArgumentException("progress: " + progress);
    }
    if (state == StreamState.ERROR && failure.isEmpty()) {
      throw new IllegalArgumentException("an error without a code");
    }
    if (deletedAt.isPresent() != (state == StreamState.DELETED)) {
      throw new IllegalArgumentException("deleted at " + deletedAt + " while " + state);
    }
  }

  /** A stream that has just been made. */
  public static Builder builder(StreamId id, IngestType ingestType, Instant createdAt) {
    return new Builder(id, ingestType, createdAt);
  }

  /** This stream, to be changed; the identity stays. */
  public Builder toBuilder() {
    Builder builder = new Builder(id, ingestType, createdAt);
    builder.state = state;
    builder.publishing = publishing;
    builder.metadata = metadata;
    builder.record = record;
    builder.keyHash = keyHash.orElse(null);
    builder.updatedAt = updatedAt;
    builder.mediaInfo = mediaInfo.orElse(null);
    builder.renditions = renditions;
    builder.progress = progress;
    builder.remaining = remaining.orElse(null);
    builder.duration = duration.orElse(null);
    builder.failure = failure.orElse(null);
    builder.deletedAt = deletedAt.orElse(null);
    return builder;
  }

  /** Collects the parts of a stream; {@link #build} checks that they go together. */
  public static final class Builder {
    private final StreamId id;
    private final IngestType ingestType;
    private final Instant createdAt;
    private StreamState state = StreamState.PENDING;
    private boolean publishing;
    private Metadata metadata = Metadata.EMPTY;
    private boolean record = true;
    private @Nullable KeyHash keyHash;
    private Instant updatedAt;
    private @Nullable MediaInfo mediaInfo;
    private List<StreamRendition> renditions = List.of();
    private double progress;
    private @Nullable Duration remaining;
    private @Nullable Duration duration;
    private @Nullable StreamFailure failure;
    private @Nullable Instant deletedAt;

    private Builder(StreamId id, IngestType ingestType, Instant createdAt) {
      this.id = Objects.requireNonNull(id);
      this.ingestType = Objects.requireNonNull(ingestType);
      this.createdAt = Objects.requireNonNull(createdAt);
      this.updatedAt = createdAt;
    }

    public Builder state(StreamState value) {
      state = value;
      return this;
    }

    public Builder publishing(boolean value) {
      publishing = value;
      return this;
    }

    public Builder metadata(Metadata value) {
      metadata = value;
      return this;
    }

    public Builder record(boolean value) {
      record = value;
      return this;
    }

    public Builder keyHash(KeyHash value) {
      keyHash = value;
      return this;
    }

    public Builder updatedAt(Instant value) {
      updatedAt = value;
      return this;
    }

    public Builder mediaInfo(MediaInfo value) {
      mediaInfo = value;
      return this;
    }

    public Builder renditions(List<StreamRendition> value) {
      renditions = value;
      return this;
    }

    public Builder progress(double value) {
      progress = value;
      return this;
    }

    public Builder remaining(@Nullable Duration value) {
      remaining = value;
      return this;
    }

    public Builder duration(Duration value) {
      duration = value;
      return this;
    }

    public Builder failure(StreamFailure value) {
      failure = value;
      return this;
    }

    public Builder deletedAt(Instant value) {
      deletedAt = value;
      return this;
    }

    public Stream build() {
      return new Stream(
          id,
          ingestType,
          state,
          publishing,
          metadata,
          record,
          Optional.ofNullable(keyHash),
          createdAt,
          updatedAt,
          Optional.ofNullable(mediaInfo),
          renditions,
          progress,
          state == StreamState.PROCESSING ? Optional.ofNullable(remaining) : Optional.empty(),
          Optional.ofNullable(duration),
          Optional.ofNullable(failure),
          Optional.ofNullable(deletedAt));
    }
  }
}
