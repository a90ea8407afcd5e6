package io.streaminfa.ingest.upload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.streaminfa.stream.StreamId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states of resumable uploads as files: {@code <id>.tus} has the bytes, {@code <id>.json} what
 * is known of them. A state is written whole, synced and renamed, so that one is found after a
 * crash that was true before it.
 */
final class TusStore {
  private static final String DATA_SUFFIX = ".tus";
  private static final String STATE_SUFFIX = ".json";
  private static final String NEW_STATE_SUFFIX = ".json.new";
  private static final long MAX_STATE_BYTES = 64 * 1024;

  private static final Logger log = LoggerFactory.getLogger(TusStore.class);

  private final JsonMapper json =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
  private final Path directory;

  TusStore(Path directory) {
    this.directory = directory;
  }

  /** The file. */
  private record Document(
      String id,
      long length,
      long offset,
      String metadata,
      @Nullable String streamId,
      String createdAt,
      String expiresAt,
      String phase) {
    static Document of(TusState state) {
      return new Document(
          state.id(),
          state.length(),
          state.offset(),
          state.metadata(),
          state.stream().map(StreamId::value).orElse(null),
          state.createdAt().toString(),
          state.expiresAt().toString(),
          state.phase().name());
    }

    /** Throws unchecked where the file is not what this class writes. */
    TusState state() {
      return new TusState(
          id,
          length,
          offset,
          metadata,
          Optional.ofNullable(streamId).map(StreamId::new),
          Instant.parse(createdAt),
          Instant.parse(expiresAt),
          TusState.Phase.valueOf(phase));
    }
  }

  Path data(String id) {
    return directory.resolve(id + DATA_SUFFIX);
  }

  private Path state(String id) {
    return directory.resolve(id + STATE_SUFFIX);
  }

  /** Makes an upload durable, without bytes yet. */
  void create(TusState state) throws IOException {
    Files.createFile(data(state.id()));
    save(state);
  }

  /** The state is durable when this returns. */
  void save(TusState state) throws IOException {
    Path next = directory.resolve(state.id() + NEW_STATE_SUFFIX);
    byte[] text = json.writeValueAsBytes(Document.of(state));
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer left = ByteBuffer.wrap(text);
      while (left.hasRemaining()) {
        int _ = channel.write(left);
      }
      channel.force(true);
    }
    Path _ =
        Files.move(
            next,
            state(state.id()),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
    UploadDirectory.sync(directory);
  }

  /** Removes all that is left of an upload. */
  void remove(String id) {
    // In this order: bytes without a state are swept, a state without bytes would mean something.
    UploadFile.delete(state(id));
    UploadFile.delete(data(id));
  }

  /** What the last process left, made true; what means nothing is removed. */
  List<TusState> load() throws IOException {
    List<TusState> states = new ArrayList<>();
    for (Path file : files(STATE_SUFFIX)) {
      Optional<TusState> state = read(file).flatMap(this::asTheBytesAre);
      if (state.isPresent()) {
        states.add(state.get());
      } else {
        remove(nameWithout(STATE_SUFFIX, file));
      }
    }
    for (Path file : files(DATA_SUFFIX)) {
      if (!Files.exists(state(nameWithout(DATA_SUFFIX, file)))) {
        UploadFile.delete(file);
      }
    }
    files(NEW_STATE_SUFFIX).forEach(UploadFile::delete);
    return states;
  }

  private List<Path> files(String suffix) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*" + suffix)) {
      List<Path> files = new ArrayList<>();
      found.forEach(files::add);
      return files;
    }
  }

  private static String nameWithout(String suffix, Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - suffix.length());
  }

  private Optional<TusState> read(Path file) throws IOException {
    if (Files.size(file) > MAX_STATE_BYTES) {
      log.warn("upload_state_unreadable file={} error=too large", file.getFileName());
      return Optional.empty();
    }
    try {
      TusState state = json.readValue(Files.readAllBytes(file), Document.class).state();
      return Optional.of(state).filter(s -> s.id().equals(nameWithout(STATE_SUFFIX, file)));
    } catch (JsonProcessingException | DateTimeException | IllegalArgumentException e) {
      log.warn("upload_state_unreadable file={} error={}", file.getFileName(), e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<TusState> asTheBytesAre(TusState state) {
    Path data = data(state.id());
    boolean there = Files.exists(data);
    return switch (state.phase()) {
      case ACCEPTED -> Optional.of(state);
      // The handler moves a file that it keeps; whether it did, TusUploads finds out.
      case ACCEPTING -> Optional.of(there ? state.receiving() : state);
      case RECEIVING -> Optional.of(state).filter(_ -> there);
    };
  }
}
