package io.streaminfa.ingest.upload;

import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What becomes of uploaded files. Calls block. Each stream that was opened sees exactly one of
 * {@link #accept} and {@link #abandon} afterwards, unless the server ends first.
 */
public interface UploadHandler {
  /**
   * The stream that an upload is for: the named one, or a new one of type upload. No other upload
   * can open it until this one is accepted or abandoned.
   *
   * @throws UploadRejected 404 for an unknown stream; 409 for one that is not pending, not of type
   *     upload, or has another upload
   */
  Stream open(Optional<StreamId> wanted) throws UploadRejected, StreamException;

  /**
   * Takes a complete file: looks into it, and makes it durable work. From the call on, the file and
   * the fate of the stream are the handler's: on a refusal it deletes the file and says so in the
   * stream. The file lies, synced, in the uploads directory, which is swept at the next start, so
   * the handler moves what it keeps to a directory of its own before the work is durable.
   *
   * @param file on the file system of the data directory
   * @return the stream as it is now
   */
  Stream accept(StreamId stream, Path file)
      throws UploadRejected, StreamException, InterruptedException;

  /**
   * The upload came to nothing, and its bytes are gone.
   *
   * @param failure present when the stream is given up; else the client may try again
   */
  void abandon(StreamId stream, Optional<StreamFailure> failure) throws StreamException;
}
