package io.streaminfa.control;

import io.streaminfa.ingest.upload.UploadHandler;
import io.streaminfa.ingest.upload.UploadRejected;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.stream.StreamState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Takes what is no text file, keeps its hash, and counts. */
final class FakeUploadHandler implements UploadHandler {
  /** Content that it refuses. */
  static final byte[] NO_MEDIA =
      "this is no film".getBytes(java.nio.charset.StandardCharsets.UTF_8);

  final Map<StreamId, Integer> contentHashes = new ConcurrentHashMap<>();
  final List<StreamId> abandoned = new CopyOnWriteArrayList<>();

  /** Held back, {@link #accept} waits. */
  volatile CountDownLatch gate = new CountDownLatch(0);

  private final StreamRegistry streams;
  private final Set<StreamId> open = ConcurrentHashMap.newKeySet();

  FakeUploadHandler(StreamRegistry streams) {
    this.streams = streams;
  }

  @Override
  public Stream open(Optional<StreamId> wanted) throws UploadRejected, StreamException {
    Stream stream = wanted.isPresent() ? named(wanted.get()) : create();
    if (!open.add(stream.id())) {
      throw new UploadRejected(
          UploadRejected.Reason.CONFLICT, "upload_in_progress", "another upload of it runs");
    }
    return stream;
  }

  private Stream named(StreamId id) throws UploadRejected {
    Stream stream =
        streams
            .find(id)
            .orElseThrow(
                () ->
                    new UploadRejected(
                        UploadRejected.Reason.UNKNOWN_STREAM, "stream_not_found", "unknown"));
    if (stream.state() != StreamState.PENDING || stream.ingestType() != IngestType.UPLOAD) {
      throw new UploadRejected(
          UploadRejected.Reason.CONFLICT, "stream_not_pending", "the stream takes no upload");
    }
    return stream;
  }

  private Stream create() throws StreamException {
    return streams
        .create(new NewStream(IngestType.UPLOAD, Metadata.EMPTY, Optional.empty()))
        .stream();
  }

  @Override
  public Stream accept(StreamId stream, Path file)
      throws UploadRejected, StreamException, InterruptedException {
    gate.await();
    try {
      byte[] content = Files.readAllBytes(file);
      Files.delete(file);
      open.remove(stream);
      if (Arrays.equals(content, NO_MEDIA)) {
        streams.fail(stream, "not_media", "it is a text");
        throw new UploadRejected(UploadRejected.Reason.UNSUPPORTED, "not_media", "it is a text");
      }
      contentHashes.put(stream, Arrays.hashCode(content));
      return streams.processing(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void abandon(StreamId stream, Optional<StreamFailure> failure) throws StreamException {
    if (failure.isPresent()) {
      streams.fail(stream, failure.get().code(), failure.get().message());
    }
    open.remove(stream);
    abandoned.add(stream);
  }
}
