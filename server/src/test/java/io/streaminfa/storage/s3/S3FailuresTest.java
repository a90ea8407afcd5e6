package io.streaminfa.storage.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.StorageException;
import io.streaminfa.storage.StorageException.Kind;
import io.streaminfa.storage.StorageSettings;
import io.streaminfa.storage.s3.ScriptedS3.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the store makes of everything that can go wrong: how often it tries, and what it says. */
final class S3FailuresTest {
  private static final ObjectKey KEY = new ObjectKey("s/high/000001.m4s");
  private static final int ALL = 4;

  private final List<String> retries = new ArrayList<>();
  private final List<Duration> waits = new ArrayList<>();

  private S3ObjectStore store(StorageSettings settings) {
    return new S3ObjectStore(settings, (key, data, store) -> "x", retries::add, waits::add);
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count);
  }

  @ParameterizedTest
  @CsvSource({
    "403, AccessDenied, 1, DENIED, may not do this in bucket \"media\"",
    "403, InvalidAccessKeyId, 1, DENIED, storage.access_key_id",
    "403, SignatureDoesNotMatch, 1, DENIED, storage.secret_access_key",
    "403, RequestTimeTooSkewed, 1, DENIED, clock",
    "400, ExpiredToken, 1, DENIED, has ended",
    "401, '', 1, DENIED, HTTP 401",
    "400, AuthorizationHeaderMalformed, 1, DENIED, storage.region",
    "301, PermanentRedirect, 1, DENIED, storage.region",
    "404, NoSuchBucket, 1, NO_BUCKET, no bucket \"media\"",
    "404, NoSuchUpload, 1, CORRUPT, NoSuchUpload",
    "507, '', 1, FULL, takes no more",
    "507, XMinioStorageFull, 1, FULL, takes no more",
    "403, QuotaExceeded, 1, FULL, QuotaExceeded",
    "400, EntityTooLarge, 1, FULL, EntityTooLarge",
    "500, InternalError, 4, UNAVAILABLE, HTTP 500 InternalError",
    "502, '', 4, UNAVAILABLE, HTTP 502",
    "503, SlowDown, 4, UNAVAILABLE, SlowDown",
    "429, '', 4, UNAVAILABLE, HTTP 429",
    "400, RequestTimeout, 4, UNAVAILABLE, RequestTimeout",
    "409, OperationAborted, 4, UNAVAILABLE, OperationAborted",
    "400, BadDigest, 4, CORRUPT, damaged",
    "400, InvalidArgument, 1, CORRUPT, InvalidArgument",
    "405, MethodNotAllowed, 1, CORRUPT, MethodNotAllowed",
    "501, NotImplemented, 1, CORRUPT, does not know this request"
  })
  void eachCauseHasItsKindItsWordsAndItsNumberOfAttempts(
      int status, String code, int attempts, Kind kind, String words) throws Exception {
    try (ScriptedS3 server = new ScriptedS3(Answer.error(status, code));
        S3ObjectStore store = store(server.settings())) {
      assertThatThrownBy(() -> store.put(KEY, bytes(10)))
          .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(kind))
          .hasMessageStartingWith("cannot store " + KEY)
          .hasMessageContaining(words)
          .hasMessageNotContaining(ScriptedS3.SECRET);
      assertThat(server.requests()).hasSize(attempts);
      assertThat(retries).hasSize(attempts - 1).containsOnly(repeated("put", attempts));
    }
  }

  private static String[] repeated(String operation, int attempts) {
    return attempts == 1 ? new String[0] : new String[] {operation};
  }

  @ParameterizedTest
  @CsvSource({
    "403, AccessDenied, 1, DENIED",
    "404, NoSuchBucket, 1, NO_BUCKET",
    "500, InternalError, 4, UNAVAILABLE",
    "503, SlowDown, 4, UNAVAILABLE"
  })
  void allOperationsFailAlike(int status, String code, int attempts, Kind kind) throws Exception {
    List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> calls = new ArrayList<>();
    try (ScriptedS3 server = new ScriptedS3(Answer.error(status, code));
        S3ObjectStore store = store(server.settings())) {
      calls.add(() -> store.get(KEY));
      calls.add(() -> store.getRange(KEY, 0, 5));
      calls.add(() -> store.list("s/", Optional.empty(), 5));
      calls.add(() -> store.delete(KEY));
      calls.add(() -> store.deletePrefix("s/"));
      calls.add(() -> store.put(KEY, bytes(S3ObjectStore.MULTIPART_BYTES + 1)));
      for (var call : calls) {
        StorageException e = catchThrowableOfType(StorageException.class, call);
        assertThat(e.kind()).isEqualTo(kind);
      }
      assertThat(server.requests()).hasSize(attempts * calls.size());
    }
  }

  @Test
  void aMissingObjectIsAskedForOnce() throws Exception {
    try (ScriptedS3 server = new ScriptedS3(Answer.error(404, "NoSuchKey"));
        S3ObjectStore store = store(server.settings())) {
      assertThat(store.get(KEY)).isEmpty();
      assertThat(store.getRange(KEY, 3, 4)).isEmpty();
      store.delete(KEY);
      assertThat(server.requests()).hasSize(3);
    }
  }

  @Test
  void whatPassesIsNotSeen() throws Exception {
    try (ScriptedS3 server =
            new ScriptedS3(
                Answer.error(500, "InternalError"),
                Answer.error(503, "SlowDown"),
                Answer.object("all of it"));
        S3ObjectStore store = store(server.settings())) {
      assertThat(UTF_8.decode(store.get(KEY).orElseThrow().data()).toString())
          .isEqualTo("all of it");
      assertThat(retries).containsExactly("get", "get");
    }
  }

  @Test
  void waitsGrowAndAreJittered() throws Exception {
    try (ScriptedS3 server = new ScriptedS3(Answer.error(500, "InternalError"));
        S3ObjectStore store = store(server.settings())) {
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(() -> store.delete(KEY)).isInstanceOf(StorageException.class);
      }
      for (int i = 0; i < waits.size(); i++) {
        assertThat(waits.get(i)).isBetween(Duration.ZERO, Duration.ofMillis(100L << i % 3));
      }
      assertThat(waits).hasSize(30);
      assertThat(waits.stream().distinct().count()).isGreaterThan(10);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "17, 17", "86400, 20"})
  void theServersRetryAfterIsKeptWithinReason(String header, long seconds) throws Exception {
    try (ScriptedS3 server =
            new ScriptedS3(
                Answer.error(503, "SlowDown").with("Retry-After", header), Answer.object(""));
        S3ObjectStore store = store(server.settings())) {
      assertThat(store.get(KEY)).isPresent();
      assertThat(waits).containsExactly(Duration.ofSeconds(seconds));
    }
  }

  @Test
  void retryAfterMayBeADate() throws Exception {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            Instant.now().plusSeconds(15).atOffset(ZoneOffset.UTC));
    try (ScriptedS3 server =
            new ScriptedS3(
                Answer.error(503, "SlowDown").with("Retry-After", date),
                Answer.error(503, "SlowDown").with("Retry-After", "soon"),
                Answer.object(""));
        S3ObjectStore store = store(server.settings())) {
      assertThat(store.get(KEY)).isPresent();
      assertThat(waits.getFirst()).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(15));
      assertThat(waits.getLast()).isLessThanOrEqualTo(Duration.ofMillis(200));
    }
  }

  @Test
  void aBodyThatBreaksOffIsFetchedAgain() throws Exception {
    try (ScriptedS3 server =
            new ScriptedS3(
                Answer.object("twelve bytes").cutAfter(5), Answer.object("twelve bytes"));
        S3ObjectStore store = store(server.settings())) {
      assertThat(UTF_8.decode(store.get(KEY).orElseThrow().data()).toString())
          .isEqualTo("twelve bytes");
      assertThat(retries).containsExactly("get");
    }
  }

  @Test
  void aBodyThatAlwaysBreaksOffIsAnError() throws Exception {
    try (ScriptedS3 server = new ScriptedS3(Answer.object("twelve bytes").cutAfter(5));
        S3ObjectStore store = store(server.settings())) {
      assertThatThrownBy(() -> store.get(KEY))
          .hasMessageContaining("5 of 12 bytes")
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT));
      assertThat(server.requests()).hasSize(ALL);
    }
  }

  @Test
  void aRangeMustBeTheOneThatWasAskedFor() throws Exception {
    try (ScriptedS3 server =
            new ScriptedS3(
                Answer.object("0123456789"),
                Answer.of(206, "456").with("ETag", "\"t\"").with("Content-Range", "bytes 4-6/10"));
        S3ObjectStore store = store(server.settings())) {
      assertThatThrownBy(() -> store.getRange(KEY, 3, 3)).hasMessageContaining("Content-Range");
      assertThatThrownBy(() -> store.getRange(KEY, 3, 3)).hasMessageContaining("bytes 4-6/10");
      assertThat(store.getRange(KEY, 4, 3).orElseThrow().info().sizeBytes()).isEqualTo(10);
    }
  }

  @Test
  void aServiceThatIsSilentIsGivenUp() throws Exception {
    try (ScriptedS3 server = new ScriptedS3(Answer.silence());
        S3ObjectStore store =
            store(ScriptedS3.settings(server.settings().endpoint(), Duration.ofMillis(300)))) {
      long startNanos = System.nanoTime();
      assertThatThrownBy(() -> store.get(KEY))
          .hasMessageContaining("did not answer within 300 ms")
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
      assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
          .isBetween(Duration.ofMillis(1200), Duration.ofSeconds(15));
      assertThat(server.requests()).hasSize(ALL);
    }
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    try (ScriptedS3 server = new ScriptedS3(Answer.silence());
        S3ObjectStore store = store(server.settings())) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread reader =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      store.get(KEY);
                    } catch (StorageException | InterruptedException e) {
                      thrown.set(e);
                    }
                  });
      Awaitility.await().until(() -> server.requests().size() == 1);
      reader.interrupt();
      assertThat(reader.join(Duration.ofSeconds(10))).isTrue();
      assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void anAbsentServiceIsNamed() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String endpoint = "http://127.0.0.1:" + port;
    try (S3ObjectStore store = store(ScriptedS3.settings(endpoint, Duration.ofSeconds(5)))) {
      assertThatThrownBy(() -> store.put(KEY, bytes(1)))
          .hasMessageContaining("nothing listens at " + endpoint);
      assertThat(retries).hasSize(ALL - 1);
    }
    try (S3ObjectStore store =
        store(ScriptedS3.settings("http://nowhere.invalid", Duration.ofSeconds(5)))) {
      assertThatThrownBy(() -> store.put(KEY, bytes(1)))
          .hasMessageContaining("http://nowhere.invalid");
    }
  }

  @Test
  void whatIsNotTlsIsNamed() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread plain = Thread.ofVirtual().start(() -> answerInClearText(socket));
      String endpoint = "https://127.0.0.1:" + socket.getLocalPort();
      try (S3ObjectStore store = store(ScriptedS3.settings(endpoint, Duration.ofSeconds(5)))) {
        assertThatThrownBy(() -> store.head(KEY)).hasMessageContaining("TLS with " + endpoint);
      }
      plain.interrupt();
    }
  }

  private static void answerInClearText(ServerSocket socket) {
    try {
      while (true) {
        try (Socket client = socket.accept()) {
          client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
          client.getInputStream().read(new byte[1000]);
        }
      }
    } catch (IOException e) {
      assertThat(socket.isClosed()).isTrue();
    }
  }

  @Test
  void aClosedStoreSaysSo() throws Exception {
    try (ScriptedS3 server = new ScriptedS3(Answer.object(""))) {
      S3ObjectStore store = store(server.settings());
      store.close();
      store.close();
      assertThatThrownBy(() -> store.get(KEY)).hasMessage("the store is closed");
      assertThat(server.requests()).isEmpty();
    }
  }
}
