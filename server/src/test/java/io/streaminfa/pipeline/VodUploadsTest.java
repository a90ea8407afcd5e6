package io.streaminfa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.ingest.upload.UploadRejected;
import io.streaminfa.ingest.upload.UploadRejected.Reason;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that come in, and what becomes of those that cannot be used. */
class VodUploadsTest {
  @TempDir Path directory;
  private VodStation station;
  private VodUploads uploads;

  @BeforeEach
  void open() throws Exception {
    station = new VodStation(directory, true);
    uploads = new VodUploads(station.streams, station.pipelines, directory);
  }

  @AfterEach
  void close() {
    station.close();
  }

  private Path film() throws Exception {
    return Files.writeString(directory.resolve("arrived"), "a film");
  }

  private static void assertRefused(ThrowingCallable call, Reason reason, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            UploadRejected.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(reason);
              assertThat(refusal.code()).isEqualTo(code);
            });
  }

  @Test
  void aFileThatIsTakenIsMovedAndIsWork() throws Exception {
    Path film = film();
    Stream stream = uploads.open(Optional.empty());
    assertThat(stream.state()).isEqualTo(StreamState.PENDING);

    Stream taken = uploads.accept(stream.id(), film);

    assertThat(taken.state()).isEqualTo(StreamState.PROCESSING);
    assertThat(film).doesNotExist();
    assertThat(directory.resolve("sources").resolve(stream.id().value())).exists();
    assertThat(station.jobs.find(stream.id())).isPresent();
  }

  @Test
  void aStreamThatCannotTakeAFileSaysWhy() throws Exception {
    StreamId unknown = new StreamId("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
    StreamId live =
        station
            .streams
            .create(new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty()))
            .stream()
            .id();
    StreamId busy = uploads.open(Optional.empty()).id();

    assertRefused(
        () -> uploads.open(Optional.of(unknown)), Reason.UNKNOWN_STREAM, "stream_not_found");
    assertRefused(() -> uploads.open(Optional.of(live)), Reason.CONFLICT, "stream_not_for_uploads");
    assertRefused(() -> uploads.open(Optional.of(busy)), Reason.CONFLICT, "upload_in_progress");
    uploads.accept(busy, film());
    assertRefused(() -> uploads.open(Optional.of(busy)), Reason.CONFLICT, "stream_not_pending");
  }

  @Test
  void aFileThatThisServerCannotLookIntoIsKeptAndLookedIntoAgain() throws Exception {
    AtomicInteger probes = new AtomicInteger();
    station.transcoder.onProbe =
        _ -> {
          if (probes.incrementAndGet() == 1) {
            throw ScriptedFileTranscoder.failure("worker_crashed", false);
          }
        };
    station.start();
    StreamId id = uploads.open(Optional.empty()).id();

    Stream taken = uploads.accept(id, film());

    assertThat(taken.state()).isEqualTo(StreamState.PROCESSING);
    station.await(id, StreamState.READY);
    assertThat(probes).hasValue(2);
  }

  @Test
  void aFileThatThisServerCannotLookIntoEndsInAnErrorThatSaysWhoseItIs() throws Exception {
    AtomicInteger probes = new AtomicInteger();
    station.transcoder.onProbe =
        _ -> {
          probes.incrementAndGet();
          throw ScriptedFileTranscoder.failure("worker_crashed", false);
        };
    station.start();
    StreamId id = uploads.open(Optional.empty()).id();
    uploads.accept(id, film());

    Stream given = station.await(id, StreamState.ERROR);
    assertThat(given.failure().orElseThrow().code()).isEqualTo("worker_crashed");
    assertThat(given.failure().orElseThrow().message()).startsWith("This server could not look");
    assertThat(probes).hasValue(1 + VodPipelines.MAX_TRIES);
    station.awaitOver(id);
    assertThat(directory.resolve("sources").resolve(id.value())).doesNotExist();
  }

  @Test
  void anUploadThatCameToNothingLeavesTheStreamToAnother() throws Exception {
    StreamId id = uploads.open(Optional.empty()).id();
    uploads.abandon(id, Optional.empty());
    assertThat(uploads.open(Optional.of(id)).id()).isEqualTo(id);
  }

  @Test
  void aSourceWithoutAJobIsRemovedAtTheStartAndOneWithAJobStays() throws Exception {
    StreamId kept = uploads.open(Optional.empty()).id();
    uploads.accept(kept, film());
    Path orphan =
        Files.writeString(
            directory.resolve("sources").resolve("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"), "x");

    uploads.sweep();

    assertThat(orphan).doesNotExist();
    assertThat(directory.resolve("sources").resolve(kept.value())).exists();
  }
}
