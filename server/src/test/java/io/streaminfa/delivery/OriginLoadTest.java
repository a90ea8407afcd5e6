package io.streaminfa.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.streaminfa.storage.ForwardingStore;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class OriginLoadTest {
  private static final String SEGMENT = "vod/high/000001.m4s";

  /** Each read takes half a second, as one of a far store may. */
  private static final class SlowStore extends ForwardingStore {
    private final AtomicInteger reads = new AtomicInteger();

    SlowStore(ObjectStore store) {
      super(store);
    }

    private void wait500ms() throws InterruptedException {
      reads.incrementAndGet();
      // Never counted down: the point is the time it takes.
      boolean released = new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
      assertThat(released).isFalse();
    }

    @Override
    public Optional<StoredObject> get(ObjectKey key) throws StorageException, InterruptedException {
      wait500ms();
      return super.get(key);
    }

    @Override
    public Optional<StoredObject> getRange(ObjectKey key, long offset, int length)
        throws StorageException, InterruptedException {
      wait500ms();
      return super.getRange(key, offset, length);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) throws StorageException, InterruptedException {
      wait500ms();
      return super.head(key);
    }
  }

  private static Origin slow(AtomicInteger[] reads) {
    return new Origin(
        Origin.ANY_ORIGIN,
        Origin.CACHE,
        store -> {
          SlowStore slow = new SlowStore(store);
          reads[0] = slow.reads;
          return slow;
        });
  }

  @Test
  void theBlockedThreadCheckerOfThisTestWorks() throws Exception {
    try (Origin origin =
        new Origin(
            Origin.ANY_ORIGIN,
            Origin.CACHE,
            store -> store,
            handler ->
                request -> {
                  long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
                  while (System.nanoTime() < endNanos) {
                    Thread.onSpinWait();
                  }
                  handler.handle(request);
                })) {
      assertThat(origin.get(SEGMENT).statusCode()).isEqualTo(404);
      assertThat(origin.blockedThreads).hasPositiveValue();
    }
  }

  @Test
  void aSlowStoreNeverBlocksTheEventLoop() throws Exception {
    AtomicInteger[] reads = new AtomicInteger[1];
    try (Origin origin = slow(reads);
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      origin.store.put(new ObjectKey(SEGMENT), ByteBuffer.allocate(2_000_000));
      List<Future<Integer>> answers = new ArrayList<>();
      for (String method : List.of("GET", "HEAD")) {
        for (String key : List.of(SEGMENT, "vod/high/media.m3u8", "vod/high/000009.m4s")) {
          answers.add(executor.submit(() -> origin.send(method, key).statusCode()));
          answers.add(
              executor.submit(() -> origin.send(method, key, "Range", "bytes=5-").statusCode()));
        }
      }
      for (Future<Integer> answer : answers) {
        assertThat(answer.get()).isIn(200, 206, 404);
      }
      assertThat(reads[0]).hasPositiveValue();
      assertThat(origin.blockedThreads).hasValue(0);
    }
  }

  @Test
  void aThousandRequestsForAColdObjectReadItOnce() throws Exception {
    AtomicInteger[] reads = new AtomicInteger[1];
    try (Origin origin = slow(reads);
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      origin.store.put(new ObjectKey(SEGMENT), ByteBuffer.allocate(10_000));
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        answers.add(executor.submit(() -> origin.get(SEGMENT).body().length));
      }
      for (Future<Integer> answer : answers) {
        assertThat(answer.get()).isEqualTo(10_000);
      }
      assertThat(reads[0]).hasValue(1);
    }
  }

  @Test
  void withoutACacheNothingIsKept() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    CacheSettings off =
        new CacheSettings(
            false, Origin.CACHE.maxSizeBytes(), Origin.CACHE.ttl(), Origin.CACHE.segmentTtl());
    try (Origin origin =
        new Origin(
            Origin.ANY_ORIGIN,
            off,
            store ->
                new ForwardingStore(store) {
                  @Override
                  public Optional<StoredObject> get(ObjectKey key)
                      throws StorageException, InterruptedException {
                    reads.incrementAndGet();
                    return super.get(key);
                  }
                })) {
      origin.store.put(new ObjectKey(SEGMENT), ByteBuffer.allocate(10_000));
      assertThat(origin.get(SEGMENT).body()).hasSize(10_000);
      assertThat(origin.get(SEGMENT).body()).hasSize(10_000);
      assertThat(reads).hasValue(2);
    }
  }

  @Test
  void aStoreThatIsAwayIs503AndIsAskedAgainTheNextTime() throws Exception {
    AtomicInteger failures = new AtomicInteger(1);
    try (Origin origin =
        new Origin(
            Origin.ANY_ORIGIN,
            Origin.CACHE,
            store ->
                new ForwardingStore(store) {
                  @Override
                  public Optional<StoredObject> get(ObjectKey key)
                      throws StorageException, InterruptedException {
                    if (failures.getAndDecrement() > 0) {
                      throw new StorageException(
                          StorageException.Kind.UNAVAILABLE, "away", new IOException("away"));
                    }
                    return super.get(key);
                  }
                })) {
      origin.store.put(new ObjectKey(SEGMENT), ByteBuffer.allocate(10));
      var away = origin.get(SEGMENT);
      assertThat(away.statusCode()).isEqualTo(503);
      assertThat(away.headers().firstValue("retry-after")).isPresent();
      assertThat(away.headers().firstValue("cache-control")).contains("no-store");
      assertThat(origin.get(SEGMENT).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void clientsThatLeaveHalfwayAreCountedAndNotLogged() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    AtomicInteger[] reads = new AtomicInteger[1];
    try (Origin origin = slow(reads)) {
      origin.store.put(new ObjectKey(SEGMENT), ByteBuffer.allocate(10_000_000));
      assertThat(origin.get(SEGMENT).statusCode()).isEqualTo(200);
      log.start();
      root.addAppender(log);
      for (int i = 0; i < 20; i++) {
        leave(origin, SEGMENT, 1000);
        leave(origin, "vod/high/00100" + i + ".m4s", 0);
      }
      await()
          .untilAsserted(
              () ->
                  assertThat(origin.metrics())
                      .contains(
                          "requests_total{object_type=\"segment\",status=\"499\"} 40.0",
                          "active_connections 1.0"));
      assertThat(origin.get(SEGMENT).statusCode()).isEqualTo(200);
      assertThat(origin.blockedThreads).hasValue(0);
    } finally {
      root.detachAppender(log);
    }
    assertThat(log.list).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN));
  }

  /** Asks, reads some of the answer, and is gone with a reset. */
  private static void leave(Origin origin, String key, int bytesRead) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), origin.port)) {
      socket.setSoLinger(true, 0);
      socket.setReceiveBufferSize(4096);
      String request = "GET /streams/" + key + " HTTP/1.1\r\nHost: x\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(socket.getInputStream().readNBytes(bytesRead)).hasSize(bytesRead);
    }
  }

  @Test
  void aFullCacheLetsTheOldestGo() throws Exception {
    CacheSettings small =
        new CacheSettings(true, 5_000_000, Origin.CACHE.ttl(), Origin.CACHE.segmentTtl());
    try (Origin origin = new Origin(Origin.ANY_ORIGIN, small, store -> store)) {
      for (int i = 0; i < 20; i++) {
        ObjectKey key = ObjectKey.segment("vod", "high", i);
        origin.store.put(key, ByteBuffer.allocate(1_000_000));
        assertThat(origin.get(key.value()).body()).hasSize(1_000_000);
      }
      await()
          .untilAsserted(
              () ->
                  assertThat(origin.metrics())
                      .containsPattern("cache_entries [1-4]\\.0")
                      .containsPattern("cache_size_bytes [1-4]\\d{6}\\.0"));
    }
  }
}
