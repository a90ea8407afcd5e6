package io.streaminfa.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streaminfa.state.SqliteDatabase;
import io.streaminfa.state.SqliteExpiryLedger;
import io.streaminfa.state.SqliteStreamStore;
import io.streaminfa.storage.MemoryObjectStore;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.Retention;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.StreamDefaults;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What failed and deleted streams leave, with a crash in between and without. */
class LeftoversTest {
  private static final Duration KEPT = Duration.ofMinutes(60);

  @TempDir private Path directory;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final InstantSource source = now::get;
  private final Clock clock = source.withZone(ZoneOffset.UTC);
  private final MemoryObjectStore objects = new MemoryObjectStore(1 << 20);
  private final List<AutoCloseable> running = new ArrayList<>();
  private SqliteDatabase database;
  private StreamRegistry streams;

  @BeforeEach
  void open() throws Exception {
    database = SqliteDatabase.open(directory.resolve("state.db"), Optional.empty());
    streams =
        StreamRegistry.open(
            new SqliteStreamStore(database), clock, new StreamDefaults(true, Set.of()));
  }

  private void start() {
    Retention retention = new Retention(objects, new SqliteExpiryLedger(database), clock, _ -> {});
    Leftovers leftovers = new Leftovers(streams, objects, retention, KEPT, clock);
    leftovers.start();
    retention.start();
    running.add(leftovers);
    running.add(retention);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable service : running) {
      service.close();
    }
    running.clear();
    database.close();
  }

  private StreamId make() throws Exception {
    StreamId id =
        streams.create(new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty())).stream()
            .id();
    objects.put(segment(id), ByteBuffer.allocate(10));
    return id;
  }

  private static ObjectKey segment(StreamId id) {
    return ObjectKey.segment(id.value(), "high", 1);
  }

  private boolean isStored(StreamId id) {
    return objects.head(segment(id)).isPresent();
  }

  @Test
  void whatAFailedStreamLeftGoesAfterTheRetentionAndNothingElseDoes() throws Exception {
    start();
    StreamId good = make();
    StreamId failed = make();
    streams.fail(failed, "told_to", "told to fail");
    now.set(now.get().plus(KEPT).minusSeconds(1));
    await().during(Duration.ofSeconds(1)).until(() -> isStored(failed));
    now.set(now.get().plusSeconds(1));
    await().until(() -> !isStored(failed));
    assertThat(isStored(good)).isTrue();
  }

  @Test
  void anotherProcessFindsWhatACrashKeptFromBeingNoted() throws Exception {
    StreamId failed = make();
    StreamId deleted = make();
    StreamId pending = make();
    StreamId unknown = StreamId.create(clock);
    objects.put(segment(unknown), ByteBuffer.allocate(10));
    streams.fail(failed, "told_to", "told to fail");
    streams.delete(deleted);
    database.close();
    open();
    start();
    await().until(() -> !isStored(deleted));
    assertThat(isStored(failed)).isTrue();
    now.set(now.get().plus(KEPT));
    await().until(() -> !isStored(failed));
    assertThat(isStored(pending)).isTrue();
    assertThat(isStored(unknown)).isTrue();
  }
}
