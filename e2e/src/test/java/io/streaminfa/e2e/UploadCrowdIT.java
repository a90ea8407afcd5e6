package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.LargeFile;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Many uploads at once, and one that is very large. */
final class UploadCrowdIT {
  private static final Logger log = LoggerFactory.getLogger(UploadCrowdIT.class);
  private static final int CROWD = 20;
  private static final int LIMIT = 4;
  private static final Duration WORK_TIMEOUT = Duration.ofMinutes(3);

  private static final Duration UPLOAD_TIMEOUT = Duration.ofMinutes(4);

  /** Of the large file, beyond what an int counts; most of the time is the disk's. */
  private static final long LARGE_MIB = Long.getLong("streaminfa.e2e.large-upload-mib", 2_200);

  /** What an upload may cost the server's process, however large it is. */
  private static final long MAX_GROWTH_KIB = 160 * 1024;

  private static final long MIB = 1024 * 1024;

  @TempDir Path directory;

  @Test
  void ofTwentyUploadsAtOnceSoManyAreTakenAsMayBeAndAllOfThoseBecomeReady() throws Exception {
    Path film = SourceFilm.make(FilmSpec.of(320, 180, 3_000)).mp4();
    try (StreamInfaServer server =
            StreamInfaServer.named("crowd")
                .with("ingest.max_concurrent_uploads", "" + LIMIT)
                .start();
        ApiClient api = server.api()) {
      List<ApiClient.Answer> answers = uploadAtOnce(api, film);

      List<ApiClient.Answer> taken = answers.stream().filter(a -> a.status() == 202).toList();
      List<ApiClient.Answer> others = answers.stream().filter(a -> a.status() != 202).toList();
      assertThat(taken).as("taken").hasSizeBetween(LIMIT, CROWD - 1);
      assertThat(others)
          .as("not taken")
          .allSatisfy(
              answer -> {
                assertThat(answer.status()).isEqualTo(429);
                assertThat(answer.body().path("code").asText()).isEqualTo("too_many_uploads");
                assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
              });
      for (ApiClient.Answer answer : taken) {
        api.awaitStatus(answer.body().path("stream_id").asText(), "ready", WORK_TIMEOUT);
      }
      assertThat(bytesBelow(server.dataDirectory().resolve("uploads"))).isZero();
      assertThat(api.upload(film).status()).as("when there is room again").isEqualTo(202);
      server.stop();
    }
  }

  private static List<ApiClient.Answer> uploadAtOnce(ApiClient api, Path film) throws Exception {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<ApiClient.Answer>> all = new ArrayList<>();
      for (int i = 0; i < CROWD; i++) {
        all.add(clients.submit(() -> api.upload(film)));
      }
      List<ApiClient.Answer> answers = new ArrayList<>();
      for (Future<ApiClient.Answer> one : all) {
        answers.add(one.get(WORK_TIMEOUT.toSeconds(), TimeUnit.SECONDS));
      }
      return answers;
    }
  }

  @Test
  void aVeryLargeFileCostsNoMemoryAndItsOwnSizeOfDiskOnce() throws Exception {
    FilmSpec spec = FilmSpec.of(320, 180, 3_000);
    Path large = LargeFile.of(SourceFilm.make(spec).mp4(), LARGE_MIB * MIB, directory);
    try (StreamInfaServer server = StreamInfaServer.named("large").start();
        ApiClient api = server.api();
        ExecutorService client = Executors.newVirtualThreadPerTaskExecutor()) {
      // The first upload loads classes and starts what all of them use.
      api.awaitStatus(api.uploaded(SourceFilm.make(spec).mp4()).id(), "ready", WORK_TIMEOUT);
      long beforeKib = server.footprint().residentKib();
      Future<ApiClient.LiveStream> upload = client.submit(() -> api.uploaded(large));
      AtomicLong mostKib = new AtomicLong(beforeKib);
      AtomicLong mostBytes = new AtomicLong();
      Awaitility.await("the upload")
          .atMost(UPLOAD_TIMEOUT)
          .until(
              () -> {
                mostKib.accumulateAndGet(server.footprint().residentKib(), Math::max);
                mostBytes.accumulateAndGet(bytesBelow(server.dataDirectory()), Math::max);
                return upload.isDone();
              });
      log.info("{} MiB: {} KiB resident before, {} at most", LARGE_MIB, beforeKib, mostKib);
      assertThat(mostKib.get() - beforeKib).as("growth of the server").isLessThan(MAX_GROWTH_KIB);
      api.awaitStatus(upload.get().id(), "ready", WORK_TIMEOUT);
      assertThat(mostBytes.get())
          .as("disk used at most")
          .isBetween(LARGE_MIB * MIB * 9 / 10, LARGE_MIB * MIB + 64 * MIB);
      assertThat(bytesBelow(server.dataDirectory()))
          .as("disk used in the end")
          .isLessThan(64 * MIB);
      server.stop();
    }
  }

  private static long bytesBelow(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      long bytes = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.exists(file) ? Files.size(file) : 0;
      }
      return bytes;
    }
  }
}
