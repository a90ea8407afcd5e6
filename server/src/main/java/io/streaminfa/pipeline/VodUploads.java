package io.streaminfa.pipeline;

import io.streaminfa.ingest.upload.UploadHandler;
import io.streaminfa.ingest.upload.UploadRejected;
import io.streaminfa.ingest.upload.UploadRejected.Reason;
import io.streaminfa.jobs.JobException;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.SourceFile;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.stream.StreamState;
import io.streaminfa.transcode.MediaProbe;
import io.streaminfa.transcode.TranscodeException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes work of uploaded files, after a look into each. */
public final class VodUploads implements UploadHandler {
  private static final Logger log = LoggerFactory.getLogger(VodUploads.class);

  /** Below the data directory: files that are being worked on, each named after its stream. */
  private static final String SOURCES = "sources";

  /** Files that can be read and are more than the settings allow. */
  private static final Set<String> OVER_LIMIT_CODES = Set.of("too_long", "too_large_picture");

  private final StreamRegistry streams;
  private final VodPipelines pipelines;
  private final Path dataDirectory;

  /** Each stream takes one upload at a time. */
  private final Set<StreamId> uploading = ConcurrentHashMap.newKeySet();

  /**
   * @throws IOException when the directory of sources cannot be made
   */
  public VodUploads(StreamRegistry streams, VodPipelines pipelines, Path dataDirectory)
      throws IOException {
    this.streams = streams;
    this.pipelines = pipelines;
    this.dataDirectory = dataDirectory;
    Files.createDirectories(dataDirectory.resolve(SOURCES));
  }

  /**
   * Removes the files of which a crash came between their move and their job; to be called before
   * the first upload may come.
   */
  public void sweep() throws IOException, JobException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(dataDirectory.resolve(SOURCES))) {
      for (Path file : files) {
        Optional<StreamId> id = StreamId.parse(String.valueOf(file.getFileName()));
        if (id.isEmpty() || !pipelines.worksOn(id.get())) {
          log.warn("an uploaded file without a job is removed: {}", file);
          Files.delete(file);
        }
      }
    }
  }

  @Override
  public Stream open(Optional<StreamId> wanted) throws UploadRejected, StreamException {
    Stream stream = wanted.isPresent() ? pending(wanted.get()) : create();
    if (!uploading.add(stream.id())) {
      throw new UploadRejected(
          Reason.CONFLICT, "upload_in_progress", "another upload of this stream is under way");
    }
    return stream;
  }

  private Stream create() throws StreamException {
    return streams
        .create(new NewStream(IngestType.UPLOAD, Metadata.EMPTY, Optional.empty()))
        .stream();
  }

  private Stream pending(StreamId id) throws UploadRejected {
    Stream stream =
        streams
            .find(id)
            .filter(found -> found.state() != StreamState.DELETED)
            .orElseThrow(
                () ->
                    new UploadRejected(
                        Reason.UNKNOWN_STREAM, "stream_not_found", "there is no stream " + id));
    if (stream.ingestType() != IngestType.UPLOAD) {
      throw new UploadRejected(
          Reason.CONFLICT, "stream_not_for_uploads", "this stream is published over RTMP");
    }
    if (stream.state() != StreamState.PENDING) {
      throw new UploadRejected(
          Reason.CONFLICT,
          "stream_not_pending",
          "this stream is " + stream.state().wireName() + "; make a new one");
    }
    return stream;
  }

  @Override
  public Stream accept(StreamId id, Path file)
      throws UploadRejected, StreamException, InterruptedException {
    try {
      Optional<MediaProbe> probe = probe(id, file);
      SourceFile source = keep(id, file);
      accept(id, source, probe);
      return streams.find(id).orElseThrow(() -> new StreamException.NotFound(id));
    } catch (JobException e) {
      throw new StreamException.StoreFailed(String.valueOf(e.getMessage()), e);
    } finally {
      uploading.remove(id);
      delete(file);
    }
  }

  private void accept(StreamId id, SourceFile source, Optional<MediaProbe> probe)
      throws StreamException, JobException {
    try {
      if (probe.isPresent()) {
        pipelines.accept(id, source, probe.get());
      } else {
        pipelines.acceptUnseen(id, source);
      }
    } catch (StreamException | JobException e) {
      // No job will ever delete it.
      delete(source.in(dataDirectory));
      throw e;
    }
  }

  /** Empty where this server could not look: that is no reason to send a large file again. */
  private Optional<MediaProbe> probe(StreamId id, Path file)
      throws UploadRejected, StreamException, InterruptedException {
    try {
      return Optional.of(pipelines.probe(file));
    } catch (TranscodeException e) {
      String message = String.valueOf(e.getMessage());
      if (!e.sourceAtFault()) {
        log.error("the file is looked into once more later: {} ({})", message, e.code());
        return Optional.empty();
      }
      streams.fail(id, e.code(), message);
      throw new UploadRejected(
          OVER_LIMIT_CODES.contains(e.code()) ? Reason.OVER_LIMIT : Reason.UNSUPPORTED,
          e.code(),
          message);
    }
  }

  /** The file is where it stays, and known to be there after a crash, before the job is. */
  private SourceFile keep(StreamId id, Path file) throws UploadRejected {
    SourceFile source = new SourceFile(SOURCES + "/" + id.value());
    Path target = source.in(dataDirectory);
    try {
      Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel directory =
          FileChannel.open(dataDirectory.resolve(SOURCES), StandardOpenOption.READ)) {
        directory.force(true);
      }
      return source;
    } catch (IOException e) {
      log.error("the uploaded file cannot be moved to {}", target, e);
      throw new UploadRejected(
          Reason.DISK_FAILED, "disk_failed", "the file could not be kept: " + e.getMessage());
    }
  }

  @Override
  public void abandon(StreamId id, Optional<StreamFailure> failure) throws StreamException {
    uploading.remove(id);
    if (failure.isPresent()) {
      streams.fail(id, failure.get().code(), failure.get().message());
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.error("the uploaded file {} cannot be deleted", file, e);
    }
  }
}
