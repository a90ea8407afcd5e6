package io.streaminfa.control;

import static io.streaminfa.control.StreamsApiTest.assertProblem;
import static io.streaminfa.control.TusClient.UPLOADS;
import static io.streaminfa.control.TusClient.assertHeader;
import static io.streaminfa.control.TusClient.base64;
import static io.streaminfa.control.TusClient.random;
import static io.streaminfa.control.TusClient.send;
import static io.streaminfa.control.TusClient.streamId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streaminfa.ingest.upload.TusUploads;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Resumable uploads whose client or server goes away. */
@Timeout(60)
class TusResumeTest {
  private static final String UNKNOWN = "0190a0b0-0000-7000-8000-000000000000";
  private static final long CHECKPOINT_BYTES = 64L << 20;

  @TempDir private Path dataDir;
  private ControlServer server;
  private TusClient client;

  @BeforeEach
  void start() throws Exception {
    server = serverOn(dataDir, ControlServer.openStreams());
    client = new TusClient(server, dataDir.resolve("uploads"));
  }

  private void start(Path directory, StreamRegistry streams) throws Exception {
    server = serverOn(directory, streams);
    client = new TusClient(server, directory.resolve("uploads"));
  }

  private static ControlServer serverOn(Path directory, StreamRegistry streams) throws Exception {
    return new ControlServer(directory, "", List.of(), 4 * CHECKPOINT_BYTES, streams);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void whatCameBeforeAConnectionBrokeCountsAndSurvivesARestart() throws Exception {
    byte[] film = random(100_000);
    String upload = client.create(film.length, "");
    try (Socket socket = client.connect()) {
      send(socket, upload, 0, film.length, "", Arrays.copyOf(film, 70_000));
      await().until(() -> client.bytesOf(upload) == 70_000);
    }
    await().untilAsserted(() -> assertHeader(client.head(upload), "Upload-Offset", "70000"));
    stop();
    start();
    assertHeader(client.head(upload), "Upload-Offset", "70000");
    assertThat(client.patch(upload, 70_000, Arrays.copyOfRange(film, 70_000, 100_000)).statusCode())
        .isEqualTo(204);
    assertThat(server.uploadHandler.contentHashes).containsValue(Arrays.hashCode(film));
    stop();
    start();
    assertHeader(client.head(upload), "Upload-Offset", "100000");
  }

  @Test
  void underAChecksumABrokenPieceDoesNotCount() throws Exception {
    byte[] film = random(100_000);
    String upload = client.create(film.length, "");
    try (Socket socket = client.connect()) {
      String checksum = "Upload-Checksum: sha1 " + base64("SHA-1", film) + "\r\n";
      send(socket, upload, 0, film.length, checksum, Arrays.copyOf(film, 70_000));
      await().until(() -> client.bytesOf(upload) == 70_000);
    }
    await()
        .untilAsserted(
            () ->
                assertThat(
                        client.patch(upload, 0, film, "sha1 " + base64("SHA-1", film)).statusCode())
                    .isEqualTo(204));
    assertThat(server.uploadHandler.contentHashes).containsValue(Arrays.hashCode(film));
  }

  @Test
  void aKilledServerGoesOnFromItsLastCheckpoint(@TempDir Path copied) throws Exception {
    int length = (int) (CHECKPOINT_BYTES + (CHECKPOINT_BYTES >> 2));
    byte[] film = new byte[length + 1000];
    new Random(1).nextBytes(film);
    String upload = client.create(film.length, "");
    try (Socket socket = client.connect()) {
      send(socket, upload, 0, film.length, "", Arrays.copyOf(film, length));
      await()
          .until(
              () ->
                  client.bytesOf(upload) == length
                      && !client.head(upload, "Upload-Offset").equals("0"));
      // What a process that dies now leaves behind.
      Path left = Files.createDirectory(copied.resolve("uploads"));
      for (Path file : client.files("")) {
        Files.copy(file, left.resolve(file.getFileName()));
      }
    }
    Files.writeString(copied.resolve("uploads/half.form"), "left by a form");
    Files.writeString(copied.resolve("uploads/" + UNKNOWN + ".tus"), "without a state");
    Files.writeString(copied.resolve("uploads/" + UNKNOWN + ".json.new"), "{");
    Files.writeString(copied.resolve("uploads/broken.json"), "{");
    server.close();
    start(copied, ControlServer.openStreams());
    try (var files = Files.list(copied.resolve("uploads"))) {
      assertThat(files).hasSize(2);
    }
    int offset = Integer.parseInt(client.head(upload, "Upload-Offset"));
    assertThat(offset).isBetween((int) CHECKPOINT_BYTES, length);
    assertThat(
            client
                .patch(upload, offset, Arrays.copyOfRange(film, offset, film.length))
                .statusCode())
        .isEqualTo(204);
    assertThat(server.uploadHandler.contentHashes).containsValue(Arrays.hashCode(film));
  }

  @Test
  void aServerKilledWhileTheFileWasTakenSaysWhatBecameOfIt() throws Exception {
    StreamId taken = client.pending();
    StreamId lost = client.pending();
    String first = client.create(1000, streamId(taken.value()));
    String second = client.create(1000, streamId(lost.value()));
    for (String upload : List.of(first, second)) {
      Path state = dataDir.resolve("uploads/" + upload.substring(UPLOADS.length() + 1) + ".json");
      Files.writeString(state, Files.readString(state).replace("RECEIVING", "ACCEPTING"));
      Files.delete(Path.of(state.toString().replace(".json", ".tus")));
    }
    server.streams.processing(taken);
    StreamRegistry streams = server.streams;
    stop();
    start(dataDir, streams);
    assertHeader(client.head(first), "Upload-Offset", "1000");
    assertThat(client.head(first, "Upload-Stream-Location")).endsWith(taken.value());
    assertThat(client.head(second).statusCode()).isEqualTo(404);
  }

  @Test
  void oneRequestWritesAtATimeAndASilentOneGivesWay() throws Exception {
    byte[] film = random(100_000);
    String upload = client.create(film.length, "");
    try (Socket socket = client.connect()) {
      send(socket, upload, 0, film.length, "", Arrays.copyOf(film, 70_000));
      await().until(() -> client.bytesOf(upload) == 70_000);
      HttpResponse<String> locked = client.patch(upload, 0, film);
      assertProblem(locked, 423, "upload_locked");
      assertThat(locked.headers().firstValue("Retry-After")).isPresent();
      await().untilAsserted(() -> assertHeader(client.head(upload), "Upload-Offset", "70000"));
      assertThat(
              client.patch(upload, 70_000, Arrays.copyOfRange(film, 70_000, 100_000)).statusCode())
          .isEqualTo(204);
    }
    assertThat(server.uploadHandler.contentHashes).containsValue(Arrays.hashCode(film));
  }

  @Test
  void anUploadThatIsTerminatedLeavesNothing() throws Exception {
    StreamId id = client.pending();
    String upload = client.create(1000, streamId(id.value()));
    client.patch(upload, 0, random(500));
    assertThat(client.delete(upload).statusCode()).isEqualTo(204);
    assertThat(client.head(upload).statusCode()).isEqualTo(404);
    assertProblem(client.delete(upload), 404, "upload_not_found");
    assertThat(server.uploadHandler.abandoned).containsExactly(id);
    assertThat(client.files("")).isEmpty();
  }

  @Test
  void whatNobodyContinuesExpiresAndWhatIsContinuedDoesNot() throws Exception {
    StreamId id = client.pending();
    String left = client.create(1000, streamId(id.value()));
    String continued = client.create(1000, "");
    server.clock.advance(TusUploads.LIFETIME.minusMinutes(1));
    client.patch(continued, 0, random(500));
    server.clock.advance(Duration.ofMinutes(2));
    server.uploads.resumable().sweep();
    assertThat(client.head(left).statusCode()).isEqualTo(404);
    assertThat(server.uploadHandler.abandoned).containsExactly(id);
    assertHeader(client.head(continued), "Upload-Offset", "500");
    assertThat(client.files(".tus")).hasSize(1);
  }
}
