package io.streaminfa.ingest.upload;

import io.streaminfa.observability.LogContext;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that come whole in one request, as forms. */
public final class FormUploads {
  /** Of a form, besides the file: boundaries, headers and the other field. */
  static final int MAX_OVERHEAD_BYTES = 64 * 1024;

  /** Longer than any stream's id, so that what is cut off is none. */
  private static final int MAX_STREAM_ID_BYTES = 64;

  private static final String FILE_FIELD = "file";
  private static final String STREAM_ID_FIELD = "stream_id";
  private static final int MAX_SHOWN_CHARS = 64;

  private static final Logger log = LoggerFactory.getLogger(FormUploads.class);

  private final UploadEnvironment environment;

  FormUploads(UploadEnvironment environment) {
    this.environment = environment;
  }

  /**
   * What the head of a request says of its body.
   *
   * @param contentLength empty when it comes in chunks
   */
  public record Head(Optional<String> contentType, OptionalLong contentLength) {}

  /**
   * Reads a form and hands its file over. What can be refused by the head is refused before the
   * body is asked for.
   *
   * @return the stream that the file became
   */
  public Stream receive(Head head, RequestBody body)
      throws UploadRejected, StreamException, InterruptedException {
    try {
      MultipartReader.MultipartBoundary boundary =
          MultipartReader.MultipartBoundary.of(head.contentType());
      long length = head.contentLength().orElse(0);
      if (length - MAX_OVERHEAD_BYTES > environment.maxBytes()) {
        throw UploadFile.tooLarge(environment.maxBytes());
      }
      try (var _ = environment.slots().take();
          DiskBudget.Claim claim = environment.disk().claim(length)) {
        environment.metrics().began();
        try {
          return new Form(boundary, body, claim).receive();
        } finally {
          environment.metrics().ended();
        }
      }
    } catch (UploadRejected e) {
      environment.metrics().refused(e);
      log.info("upload_refused code={} detail={}", e.code(), e.getMessage());
      throw e;
    }
  }

  /** One form. */
  private final class Form {
    private final MultipartReader reader;
    private final DiskBudget.Claim claim;
    private final long startNanos = System.nanoTime();
    private @Nullable UploadFile file;
    private Optional<Stream> stream = Optional.empty();

    Form(MultipartReader.MultipartBoundary boundary, RequestBody body, DiskBudget.Claim claim) {
      ByteSource source = body.within(environment.timeout());
      this.reader = new MultipartReader(counted(source), boundary, MAX_OVERHEAD_BYTES);
      this.claim = claim;
    }

    private ByteSource counted(ByteSource source) {
      return (bytes, offset, length) -> {
        int count = source.read(bytes, offset, length);
        environment.metrics().received(Math.max(count, 0));
        return count;
      };
    }

    Stream receive() throws UploadRejected, StreamException, InterruptedException {
      Optional<StreamFailure> failure = Optional.empty();
      boolean complete = false;
      try {
        readParts();
        UploadFile received = requireFile();
        received.sync();
        received.close();
        if (stream.isEmpty()) {
          stream = Optional.of(environment.handler().open(Optional.empty()));
        }
        complete = true;
      } catch (UploadRejected e) {
        if (!e.reason().retryable()) {
          failure = Optional.of(new StreamFailure(e.code(), e.getMessage()));
        }
        throw e;
      } finally {
        if (!complete) {
          giveUp(failure);
        }
      }
      return handOver();
    }

    private void readParts() throws UploadRejected, StreamException, InterruptedException {
      Optional<MultipartHeaders> part = reader.nextPart();
      while (part.isPresent()) {
        switch (part.get().name()) {
          case FILE_FIELD -> readFile();
          case STREAM_ID_FIELD -> readStreamId();
          default -> throw unknownField(part.get().name());
        }
        part = reader.nextPart();
      }
    }

    private void readFile() throws UploadRejected, InterruptedException {
      if (file != null) {
        throw duplicate(FILE_FIELD);
      }
      Path path = environment.directory().resolve(UUID.randomUUID() + UploadDirectory.FORM_SUFFIX);
      UploadFile target = UploadFile.create(path, claim, environment.maxBytes());
      file = target;
      ByteBuffer content = reader.content();
      while (content.hasRemaining()) {
        target.write(content);
        if (target.wantsSync()) {
          target.sync();
        }
        content = reader.content();
      }
    }

    private void readStreamId() throws UploadRejected, StreamException, InterruptedException {
      ByteArrayOutputStream value = new ByteArrayOutputStream();
      ByteBuffer content = reader.content();
      while (content.hasRemaining()) {
        int room = Math.min(content.remaining(), MAX_STREAM_ID_BYTES - value.size());
        value.write(content.array(), content.arrayOffset() + content.position(), room);
        if (room < content.remaining()) {
          break; // nextPart() skips the rest, under its limit
        }
        content = reader.content();
      }
      if (stream.isPresent()) {
        throw duplicate(STREAM_ID_FIELD);
      }
      stream = Optional.of(environment.open(value.toString(StandardCharsets.UTF_8).strip()));
    }

    private UploadFile requireFile() throws UploadRejected {
      if (file == null) {
        throw MultipartReader.malformed("missing_field", "the form has no part \"file\"");
      }
      if (file.size() == 0) {
        throw MultipartReader.malformed("empty_file", "the file has no bytes");
      }
      return file;
    }

    /** From here on the file is the handler's. */
    private Stream handOver() throws UploadRejected, StreamException, InterruptedException {
      UploadFile received = requireFile();
      StreamId id = stream.orElseThrow().id();
      try (var _ = LogContext.ofStream(id.value())) {
        Duration duration = Duration.ofNanos(System.nanoTime() - startNanos);
        log.info("upload_complete bytes={} duration_ms={}", received.size(), duration.toMillis());
        Stream accepted = environment.handler().accept(id, received.path());
        environment.metrics().accepted(duration, received.size());
        return accepted;
      }
    }

    private void giveUp(Optional<StreamFailure> failure) {
      if (file != null) {
        file.delete();
      }
      stream.ifPresent(
          opened -> {
            log.info("upload_abandoned stream_id={}", opened.id());
            environment.abandon(opened.id(), failure);
          });
    }
  }

  private static UploadRejected duplicate(String field) {
    return MultipartReader.malformed(
        "duplicate_field", "the form has the field \"" + field + "\" twice");
  }

  private static UploadRejected unknownField(String name) {
    String shown =
        name.length() <= MAX_SHOWN_CHARS ? name : name.substring(0, MAX_SHOWN_CHARS) + "…";
    return MultipartReader.malformed(
        "unknown_field",
        "unknown field \"%s\"; known are: %s, %s".formatted(shown, FILE_FIELD, STREAM_ID_FIELD));
  }
}
