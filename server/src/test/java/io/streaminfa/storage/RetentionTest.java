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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
  private final MemoryExpiryLedger ledger = new MemoryExpiryLedger();
  private final List<String> deletedPrefixes = new CopyOnWriteArrayList<>();
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
  private Retention retention = begin();

  private Retention begin() {
    Retention begun = new Retention(store, ledger, clock, deletedPrefixes::add);
    begun.start();
    return begun;
  }

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
    retention.expire(B, START.plusSeconds(600));
    retention.expire(A, START.plusSeconds(60));
    now.set(START.plusSeconds(60));
    await().until(() -> !exists(A));
    assertThat(exists(B)).isTrue();
    now.set(START.plusSeconds(600));
    await().until(() -> !exists(B));
    await().until(ledger.entries::isEmpty);
  }

  @Test
  void whatIsPastGoesAtOnce() {
    retention.expire(A, START.minusSeconds(1));
    await().atMost(Duration.ofMillis(900)).until(() -> !exists(A));
  }

  @Test
  void anotherProcessGoesOn() {
    retention.expire(A, START.plusSeconds(60));
    await().until(() -> ledger.entries.containsKey("s/a"));
    retention.close();
    now.set(START.plusSeconds(61));
    assertThat(exists(A)).isTrue();
    retention = begin();
    await().until(() -> !exists(A));
  }

  @Test
  void whatWasToldLastIsWrittenDownAtTheEnd() {
    ledger.failing = true;
    retention.expire(A, START.plusSeconds(60));
    ledger.failing = false;
    retention.close();
    assertThat(ledger.entries).containsOnlyKeys("s/a");
  }

  @Test
  void aFailureIsTriedAgainUntilItSucceeds() {
    failures.set(7);
    retention.expire(A, START);
    for (int attempt = 1; attempt <= 8; attempt++) {
      int expected = attempt;
      await().until(() -> deletions.get() == expected);
      await().until(() -> ledger.entries.isEmpty() == (expected == 8));
      now.set(now.get().plus(Retention.RETRY).plusMillis(1));
    }
    assertThat(exists(A)).isFalse();
  }

  @Test
  void aLedgerThatFailsForAWhileLosesNothing() {
    ledger.failing = true;
    retention.expire(A, START);
    ledger.failing = false;
    await()
        .until(
            () -> {
              now.set(now.get().plus(Retention.RETRY));
              return !exists(A);
            });
  }

  @Test
  void aPrefixGoesWithEverythingBelowIt() {
    retention.expirePrefix("s/", START.plusSeconds(60));
    now.set(START.plusSeconds(60));
    await().until(() -> deletedPrefixes.equals(List.of("s/")));
    assertThat(exists(A) || exists(B)).isFalse();
  }

  @Test
  void aDeletedStreamIsForgotten() {
    retention.expire(A, START.plusSeconds(60));
    retention.expirePrefix("s/", START.plusSeconds(90));
    await().until(() -> ledger.entries.size() == 2);
    retention.forget("s/");
    assertThat(ledger.entries).isEmpty();
  }
}
