package io.streaminfa.ingest.upload;

import io.streaminfa.observability.LogContext;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request's bytes on their way into a resumable upload, which it has for itself. */
final class TusTransfer {
  private static final int BUFFER_BYTES = 128 * 1024;

  private static final Logger log = LoggerFactory.getLogger(TusTransfer.class);

  private final UploadEnvironment environment;
  private final TusStore store;
  private final Clock clock;
  private final TusEntry entry;

  TusTransfer(UploadEnvironment environment, TusStore store, Clock clock, TusEntry entry) {
    this.environment = environment;
    this.store = store;
    this.clock = clock;
    this.entry = entry;
  }

  void append(TusUploads.Piece piece, RequestBody body)
      throws UploadRejected, StreamException, InterruptedException {
    TusState state = entry.state();
    if (piece.offset() != state.offset()) {
      // "the Server MUST respond with the 409 Conflict status without modifying the upload
      // resource."
      throw new UploadRejected(
          UploadRejected.Reason.CONFLICT,
          "wrong_offset",
          "the upload goes on at " + state.offset() + ", not at " + piece.offset());
    }
    long missing = state.length() - state.offset();
    if (missing == 0) {
      return;
    }
    if (piece.length().orElse(0) > missing) {
      throw tooMuch(missing);
    }
    try (var _ = environment.slots().take();
        DiskBudget.Claim claim = environment.disk().claim(piece.length().orElse(missing))) {
      environment.metrics().began();
      try {
        openStream(state);
        receive(piece, body, claim);
      } finally {
        environment.metrics().ended();
      }
    }
  }

  private static UploadRejected tooMuch(long missing) {
    return new UploadRejected(
        UploadRejected.Reason.TOO_LARGE,
        "beyond_upload_length",
        "the upload misses " + missing + " bytes, and more came");
  }

  /** After a restart the handler does not know of this upload any more. */
  private void openStream(TusState state) throws UploadRejected, StreamException {
    if (state.stream().isPresent() && !entry.isOpen()) {
      Stream _ = environment.handler().open(state.stream());
      entry.setOpen(true);
    }
  }

  private void receive(TusUploads.Piece piece, RequestBody body, DiskBudget.Claim claim)
      throws UploadRejected, StreamException, InterruptedException {
    TusState before = entry.state();
    try (UploadFile file =
        UploadFile.reopen(store.data(before.id()), claim, before.length(), before.offset())) {
      copy(file, piece.checksum().orElse(null), body.within(environment.timeout()));
      if (piece.checksum().isPresent() && !piece.checksum().get().matches()) {
        throw mismatch();
      }
      file.sync();
      if (file.size() < before.length()) {
        acknowledge(file);
        return;
      }
    }
    complete();
  }

  private static UploadRejected mismatch() {
    return new UploadRejected(
        UploadRejected.Reason.CHECKSUM_MISMATCH,
        "checksum_mismatch",
        "the bytes have another checksum; send them again");
  }

  /** Bytes under a checksum count all together or, when the request does not end, not at all. */
  private void copy(UploadFile file, @Nullable TusChecksum checksum, ByteSource source)
      throws UploadRejected, InterruptedException {
    try {
      copyAll(file, checksum, source);
    } catch (UploadRejected e) {
      if (checksum == null) {
        keepWhatCame(file, e);
      }
      throw e;
    }
  }

  private void copyAll(UploadFile file, @Nullable TusChecksum checksum, ByteSource source)
      throws UploadRejected, InterruptedException {
    byte[] buffer = new byte[BUFFER_BYTES];
    int count = source.read(buffer, 0, buffer.length);
    while (count >= 0) {
      environment.metrics().received(count);
      long missing = entry.state().length() - file.size();
      if (count > missing) {
        throw tooMuch(missing);
      }
      if (checksum != null) {
        checksum.update(buffer, count);
      }
      file.write(ByteBuffer.wrap(buffer, 0, count));
      // Never the whole: that is acknowledged when the handler has taken it.
      if (file.wantsSync() && file.size() < entry.state().length()) {
        file.sync();
        if (checksum == null) {
          acknowledge(file);
        }
      }
      count = source.read(buffer, 0, buffer.length);
    }
  }

  private void keepWhatCame(UploadFile file, UploadRejected reason)
      throws UploadRejected, InterruptedException {
    boolean isLoss =
        reason.reason() == UploadRejected.Reason.CONNECTION_LOST
            || reason.reason() == UploadRejected.Reason.TOO_SLOW;
    if (isLoss && file.size() < entry.state().length()) {
      file.sync();
      acknowledge(file);
    }
  }

  private void acknowledge(UploadFile file) throws UploadRejected {
    save(entry.state().withOffset(file.size(), clock.instant().plus(TusUploads.LIFETIME)));
  }

  private void save(TusState next) throws UploadRejected {
    try {
      store.save(next);
      entry.replace(next);
    } catch (IOException e) {
      throw UploadFile.diskFailed(e);
    }
  }

  private void complete() throws UploadRejected, StreamException, InterruptedException {
    TusState received = entry.state();
    StreamId stream;
    if (received.stream().isPresent()) {
      stream = received.stream().get();
    } else {
      stream = environment.handler().open(Optional.empty()).id();
      entry.setOpen(true);
    }
    try (var _ = LogContext.ofStream(stream.value())) {
      save(received.accepting(stream));
      handOver(stream);
    }
  }

  private void handOver(StreamId stream)
      throws UploadRejected, StreamException, InterruptedException {
    TusState state = entry.state();
    Duration duration = Duration.between(state.createdAt(), clock.instant());
    log.info(
        "upload_complete upload_id={} bytes={} duration_ms={}",
        state.id(),
        state.length(),
        duration.toMillis());
    entry.setOpen(false);
    boolean accepted = false;
    try {
      Stream _ = environment.handler().accept(stream, store.data(state.id()));
      accepted = true;
      environment.metrics().accepted(duration, state.length());
    } finally {
      if (!accepted) {
        settleRefused(state);
      }
    }
    save(state.accepted(clock.instant().plus(TusUploads.LIFETIME)));
  }

  /**
   * A handler that was stopped in the middle may have left the file: then the client may resume.
   */
  private void settleRefused(TusState state) throws UploadRejected {
    if (Files.exists(store.data(state.id()))) {
      save(state.receiving());
    } else {
      entry.remove();
      store.remove(state.id());
    }
  }
}
