package io.streaminfa.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streaminfa.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RetentionTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final ObjectKey A = new ObjectKey("s/a");
  private static final ObjectKey B = new ObjectKey("s/b");

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final InstantSource source = now::get;
  private final Clock clock = source.withZone(ZoneOffset.UTC);
  private final MemoryObjectStore memory = new MemoryObjectStore(1000);
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicInteger deletions = new AtomicInteger();
  private final ObjectStore store =
      new ForwardingStore(memory) {
        @Override
        public void delete(ObjectKey key) throws StorageException, InterruptedException {
          deletions.incrementAndGet();
          if (failures.getAndDecrement() > 0) {
            throw new StorageException(Kind.UNAVAILABLE, "away", new IOException("away"));
          }
          super.delete(key);
        }
      };
  private final Retention retention = new Retention(store, clock, 3);

  @BeforeEach
  void fill() throws Exception {
    memory.put(A, ByteBuffer.allocate(1));
    memory.put(B, ByteBuffer.allocate(1));
  }

  @AfterEach
  void close() {
    retention.close();
  }

  private boolean exists(ObjectKey key) {
    return memory.head(key).isPresent();
  }

  @Test
  void objectsGoInTheOrderOfTheirTimes() {
    assertThat(retention.expire(B, START.plusSeconds(600))).isTrue();
    assertThat(retention.expire(A, START.plusSeconds(60))).isTrue();
    now.set(START.plusSeconds(60));
    await().until(() -> !exists(A));
    assertThat(exists(B)).isTrue();
    now.set(START.plusSeconds(600));
    await().until(() -> !exists(B));
    assertThat(retention.pending()).isZero();
  }

  @Test
  void whatIsPastGoesAtOnce() {
    retention.expire(A, START.minusSeconds(1));
    await().atMost(Duration.ofMillis(900)).until(() -> !exists(A));
  }

  @Test
  void aFailureIsTriedAgainLater() {
    failures.set(1);
    retention.expire(A, START);
    await().until(() -> deletions.get() == 1 && retention.pending() == 1);
    assertThat(exists(A)).isTrue();
    now.set(START.plus(Retention.FIRST_RETRY));
    await().until(() -> !exists(A));
  }

  @Test
  void aFailureIsNotTriedForEver() {
    failures.set(Integer.MAX_VALUE);
    retention.expire(A, START);
    for (int attempt = 1; attempt <= Retention.MAX_ATTEMPTS; attempt++) {
      int expected = attempt;
      await().until(() -> deletions.get() == expected);
      await().until(() -> retention.pending() == (expected < Retention.MAX_ATTEMPTS ? 1 : 0));
      now.set(now.get().plusSeconds(3600));
    }
    assertThat(exists(A)).isTrue();
    retention.expire(B, START);
    await().until(() -> deletions.get() == Retention.MAX_ATTEMPTS + 1);
  }

  @Test
  void aFullScheduleRefuses() {
    for (int i = 0; i < 3; i++) {
      assertThat(retention.expire(new ObjectKey("s/" + i), START.plusSeconds(9))).isTrue();
    }
    assertThat(retention.expire(A, START.plusSeconds(9))).isFalse();
  }

  @Test
  void afterCloseNothingIsDeleted() {
    retention.close();
    assertThat(retention.expire(A, START)).isFalse();
    assertThat(exists(A)).isTrue();
  }
}
