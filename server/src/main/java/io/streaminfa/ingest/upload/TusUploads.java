package io.streaminfa.ingest.upload;

import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamId;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that come in several requests, by the tus protocol 1.0.0. */
public final class TusUploads {
  /** What nobody goes on with is removed after this. */
  public static final Duration LIFETIME = Duration.ofHours(24);

  /** Uploads kept at once, those included that were accepted a while ago. */
  static final int MAX_UPLOADS = 1000;

  private static final Logger log = LoggerFactory.getLogger(TusUploads.class);

  private final UploadEnvironment environment;
  private final TusStore store;
  private final Clock clock;
  private final ConcurrentMap<String, TusEntry> entries = new ConcurrentHashMap<>();

  /** Held while an upload is added, so that the limit is one. */
  private final ReentrantLock additions = new ReentrantLock();

  private TusUploads(UploadEnvironment environment, Clock clock) {
    this.environment = environment;
    this.store = new TusStore(environment.directory());
    this.clock = clock;
  }

  /** Goes on with what the last process left. */
  static TusUploads open(UploadEnvironment environment, Clock clock) throws IOException {
    TusUploads uploads = new TusUploads(environment, clock);
    for (TusState state : uploads.store.load()) {
      Optional<TusState> settled =
          state.phase() == TusState.Phase.ACCEPTING ? uploads.settle(state) : Optional.of(state);
      settled.ifPresentOrElse(
          known -> uploads.entries.put(known.id(), new TusEntry(known, false)),
          () -> uploads.store.remove(state.id()));
    }
    uploads.sweep();
    return uploads;
  }

  /**
   * The process ended while the handler took the file, which is gone: a stream that would still
   * take one has not got it, and the client sends it again.
   */
  private Optional<TusState> settle(TusState accepting) throws IOException {
    StreamId stream = accepting.stream().orElseThrow();
    try {
      Stream _ = environment.handler().open(Optional.of(stream));
      environment.abandon(stream, Optional.empty());
      return Optional.empty();
    } catch (UploadRejected e) {
      TusState accepted = accepting.accepted(clock.instant().plus(LIFETIME));
      store.save(accepted);
      return Optional.of(accepted);
    } catch (StreamException e) {
      throw new IOException("the stream of an upload cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * An upload as its client may see it.
   *
   * @param offset bytes that need not be sent again
   * @param metadata as the client sent it; may be empty
   * @param stream that the file is for; present from the beginning when the client named it, and
   *     always when the file is complete
   */
  public record View(
      String id,
      long length,
      long offset,
      String metadata,
      Instant expiresAt,
      Optional<StreamId> stream) {
    static View of(TusState state) {
      return new View(
          state.id(),
          state.length(),
          state.offset(),
          state.metadata(),
          state.expiresAt(),
          state.stream());
    }
  }

  /**
   * What one request sends.
   *
   * @param offset where it belongs
   * @param length of it; empty when it comes in chunks
   */
  public record Piece(long offset, OptionalLong length, Optional<TusChecksum> checksum) {}

  /** The largest file. */
  public long maxBytes() {
    return environment.maxBytes();
  }

  /**
   * Makes an upload without bytes.
   *
   * @param length of the whole file
   */
  public View create(long length, TusMetadata metadata) throws UploadRejected, StreamException {
    try {
      if (length > environment.maxBytes()) {
        throw UploadFile.tooLarge(environment.maxBytes());
      }
      if (length == 0) {
        throw MultipartReader.malformed("empty_file", "the file has no bytes");
      }
      environment.disk().claim(length).close();
      return add(length, metadata);
    } catch (UploadRejected e) {
      throw counted(e);
    }
  }

  private View add(long length, TusMetadata metadata) throws UploadRejected, StreamException {
    additions.lock();
    try {
      makeRoom();
      Optional<StreamId> stream = Optional.empty();
      if (metadata.streamId().isPresent()) {
        stream = Optional.of(environment.open(metadata.streamId().get()).id());
      }
      Instant now = clock.instant();
      TusState state =
          new TusState(
              UUID.randomUUID().toString(),
              length,
              0,
              metadata.header(),
              stream,
              now,
              now.plus(LIFETIME),
              TusState.Phase.RECEIVING);
      saveNew(state);
      entries.put(state.id(), new TusEntry(state, stream.isPresent()));
      log.info("upload_created upload_id={} bytes={}", state.id(), length);
      return View.of(state);
    } finally {
      additions.unlock();
    }
  }

  private void saveNew(TusState state) throws UploadRejected {
    try {
      store.create(state);
    } catch (IOException e) {
      store.remove(state.id());
      state.stream().ifPresent(id -> environment.abandon(id, Optional.empty()));
      throw UploadFile.diskFailed(e);
    }
  }

  /** Accepted uploads are remembered for clients that lost the answer; they go first. */
  private void makeRoom() throws UploadRejected {
    if (entries.size() < MAX_UPLOADS) {
      return;
    }
    TusState oldest =
        entries.values().stream()
            .map(TusEntry::state)
            .filter(state -> state.phase() == TusState.Phase.ACCEPTED)
            .min(Comparator.comparing(TusState::expiresAt))
            .orElseThrow(
                () ->
                    new UploadRejected(
                        UploadRejected.Reason.TOO_MANY,
                        "too_many_uploads",
                        MAX_UPLOADS + " uploads are not finished"));
    entries.remove(oldest.id());
    store.remove(oldest.id());
  }

  /** How far an upload is. Waits for a moment where its last request is about to end. */
  public View find(String id) throws UploadRejected, InterruptedException {
    TusEntry entry = entry(id);
    entry.settle();
    return View.of(entry.state());
  }

  /**
   * Adds what a request sends; a file that is complete thereby is handed over.
   *
   * @throws UploadRejected also with what the handler found; the upload is gone then
   */
  public View append(String id, Piece piece, RequestBody body)
      throws UploadRejected, StreamException, InterruptedException {
    TusEntry entry = entry(id);
    try (var _ = entry.hold(body)) {
      new TusTransfer(environment, store, clock, entry).append(piece, body);
      return View.of(entry.state());
    } catch (UploadRejected e) {
      throw counted(e);
    } finally {
      if (entry.isRemoved()) {
        entries.remove(id);
      }
    }
  }

  private UploadRejected counted(UploadRejected e) {
    environment.metrics().refused(e);
    log.info("upload_refused code={} detail={}", e.code(), e.getMessage());
    return e;
  }

  /** Ends an upload that is not wanted; a stream that already has the file stays as it is. */
  public void terminate(String id) throws UploadRejected, InterruptedException {
    TusEntry entry = entry(id);
    try (var _ = entry.hold(null)) {
      discard(entry);
    }
    log.info("upload_terminated upload_id={}", id);
  }

  /** The same, of an upload that may have ended by itself. */
  public void terminateIfThere(String id) throws InterruptedException {
    try {
      terminate(id);
    } catch (UploadRejected e) {
      log.debug("upload_not_terminated upload_id={} code={}", id, e.code());
    }
  }

  /** With the entry's hold. */
  private void discard(TusEntry entry) {
    TusState state = entry.state();
    entry.remove();
    entries.remove(state.id());
    store.remove(state.id());
    if (entry.isOpen()) {
      state.stream().ifPresent(stream -> environment.abandon(stream, Optional.empty()));
    }
  }

  /** Removes what has expired. */
  public void sweep() {
    Instant now = clock.instant();
    for (TusEntry entry : entries.values()) {
      if (entry.state().expiresAt().isBefore(now)) {
        expire(entry);
      }
    }
  }

  private void expire(TusEntry entry) {
    try (var _ = entry.hold(null)) {
      discard(entry);
      log.info("upload_expired upload_id={}", entry.state().id());
    } catch (UploadRejected e) {
      // Somebody goes on with it just now.
      log.debug("upload_not_expired upload_id={} code={}", entry.state().id(), e.code());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private TusEntry entry(String id) throws UploadRejected {
    TusEntry entry = entries.get(id);
    if (entry == null) {
      throw unknown();
    }
    return entry;
  }

  static UploadRejected unknown() {
    return new UploadRejected(
        UploadRejected.Reason.UNKNOWN_STREAM, "upload_not_found", "there is no such upload");
  }
}
