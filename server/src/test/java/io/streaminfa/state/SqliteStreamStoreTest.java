package io.streaminfa.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.events.EveryEvent;
import io.streaminfa.events.OutboxException;
import io.streaminfa.events.PublishedEvent;
import io.streaminfa.jobs.VodJob;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.SourceFile;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamDefaults;
import io.streaminfa.stream.StreamEvent;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamFilter;
import io.streaminfa.stream.StreamRegistry;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStreamStoreTest {
  private static final SourceFile SOURCE = new SourceFile("uploads/film.mp4");

  @TempDir private Path directory;
  private SqliteDatabase database;
  private SqliteStreamStore store;

  @BeforeEach
  void open() throws StateException {
    database = SqliteDatabase.open(directory.resolve("state.db"), Optional.empty());
    store = new SqliteStreamStore(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void restart() throws StateException {
    database.close();
    open();
  }

  private static StreamEvent live(Stream stream, Instant at) {
    return new StreamEvent.Live(stream.id(), at);
  }

  private List<Long> numbers() throws OutboxException {
    return new SqliteOutbox(database)
        .read(0, Optional.empty(), 1_000).events().stream().map(PublishedEvent::id).toList();
  }

  private void execute(String sql) throws StateException {
    database.inTransaction(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
          }
        });
  }

  @Test
  void whatWasSavedLastIsThereAfterARestart() throws Exception {
    List<Stream> saved = new ArrayList<>();
    for (long seed = 0; seed < 50; seed++) {
      Stream stream = StreamFixtures.random(seed);
      store.save(StreamFixtures.pending(IngestType.RTMP), live(stream, StreamFixtures.TEN));
      store.save(stream.toBuilder().progress(0).build(), live(stream, StreamFixtures.TEN));
      store.save(stream, live(stream, StreamFixtures.TEN));
      saved.add(stream);
    }
    restart();
    assertThat(store.loadAll()).hasSize(100).containsAll(saved);
  }

  @Test
  void eventsComeBackWithNumbersThatRiseAcrossRestartsAndPruning() throws Exception {
    SqliteOutbox outbox = new SqliteOutbox(database);
    Stream stream = StreamFixtures.pending(IngestType.RTMP);
    List<PublishedEvent> expected = new ArrayList<>();
    for (var told : EveryEvent.withItsData().entrySet()) {
      StreamEvent event = told.getKey();
      expected.add(
          new PublishedEvent(
              store.save(stream, event),
              event.type(),
              Optional.of(event.streamId()),
              event.at(),
              told.getValue()));
    }
    assertThat(numbers()).isSorted().doesNotHaveDuplicates();
    assertThat(outbox.read(0, Optional.empty(), 100).events()).isEqualTo(expected);
    assertThat(outbox.read(expected.get(3).id(), Optional.empty(), 2).events())
        .isEqualTo(expected.subList(4, 6));
    assertThat(store.pruneEvents(StreamFixtures.TEN.plusSeconds(60 * 60 * 24 * 8)))
        .isEqualTo(expected.size());
    restart();
    assertThat(store.save(stream, live(stream, StreamFixtures.TEN)))
        .isGreaterThan(expected.getLast().id());
  }

  @Test
  void eventsOlderThanAWeekAreRemoved() throws Exception {
    Stream stream = StreamFixtures.pending(IngestType.RTMP);
    Instant now = StreamFixtures.TEN;
    store.save(stream, live(stream, now.minus(SqliteStreamStore.EVENT_LIFETIME).minusMillis(1)));
    long young = store.save(stream, live(stream, now.minus(SqliteStreamStore.EVENT_LIFETIME)));
    assertThat(store.pruneEvents(now)).isEqualTo(1);
    assertThat(numbers()).containsExactly(young);
  }

  @Test
  void theOldestEventsGoWhenThereAreTooMany() throws Exception {
    Stream stream = StreamFixtures.pending(IngestType.RTMP);
    store.save(stream, live(stream, StreamFixtures.TEN));
    execute(
        "INSERT INTO events (stream_id, type, at_ms, document)"
            + " SELECT stream_id, type, at_ms, document FROM events, "
            + StreamFixtures.series(SqliteOutbox.MAX_EVENTS + SqliteOutbox.PRUNE_EVERY - 2));
    long last = store.save(stream, live(stream, StreamFixtures.TEN));
    assertThat(last % SqliteOutbox.PRUNE_EVERY).isZero();
    assertThat(numbers().getFirst()).isEqualTo(last - SqliteOutbox.MAX_EVENTS + 1);
  }

  @Test
  void aStreamBeginsToBeProcessedTogetherWithItsJob() throws Exception {
    Stream upload = StreamFixtures.pending(IngestType.UPLOAD);
    store.save(upload, new StreamEvent.Processing(upload.id(), StreamFixtures.TEN), SOURCE);
    restart();
    assertThat(store.loadAll()).containsExactly(upload);
    assertThat(new SqliteJobQueue(database).open())
        .containsExactly(VodJob.queued(upload.id(), SOURCE, upload.updatedAt()));
    store.remove(upload.id());
    assertThat(new SqliteJobQueue(database).open()).isEmpty();
    assertThat(store.loadAll()).isEmpty();
  }

  @Test
  void aJobThatCannotBeAddedLeavesStreamAndEventsAsTheyWere() throws Exception {
    Stream upload = StreamFixtures.pending(IngestType.UPLOAD);
    StreamEvent event = new StreamEvent.Processing(upload.id(), StreamFixtures.TEN);
    store.save(upload, event, SOURCE);
    List<Long> before = numbers();
    Stream changed = upload.toBuilder().progress(0.5).build();
    assertThatThrownBy(() -> store.save(changed, event, SOURCE))
        .isInstanceOfSatisfying(
            StreamException.StoreFailed.class,
            e -> assertThat(e.code()).isEqualTo("state_store_failed"));
    assertThat(store.loadAll()).containsExactly(upload);
    assertThat(numbers()).isEqualTo(before);
  }

  @Test
  void aFullDiskRefusesTheChangeAndRoomLetsItGoOn() throws Exception {
    Stream stream = StreamFixtures.pending(IngestType.RTMP);
    store.save(stream, live(stream, StreamFixtures.TEN));
    Stream large =
        stream.toBuilder().metadata(new Metadata("{\"a\":\"" + "x".repeat(16_000) + "\"}")).build();
    execute("PRAGMA max_page_count = 1"); // It becomes the count of today.
    assertThatThrownBy(() -> store.save(large, live(stream, StreamFixtures.TEN)))
        .isInstanceOf(StreamException.StoreFailed.class)
        .hasMessageContaining("no room on the disk");
    assertThat(store.loadAll()).containsExactly(stream);
    assertThat(numbers()).hasSize(1);
    execute("PRAGMA max_page_count = 100000");
    store.save(large, live(stream, StreamFixtures.TEN));
    assertThat(store.loadAll()).containsExactly(large);
  }

  @Test
  void aDocumentThatCannotBeReadIsNamed() throws Exception {
    Stream stream = StreamFixtures.pending(IngestType.RTMP);
    store.save(stream, live(stream, StreamFixtures.TEN));
    execute("UPDATE streams SET document = '{}'");
    assertThatThrownBy(() -> store.loadAll())
        .isInstanceOf(StreamException.StoreFailed.class)
        .hasMessageContaining("state.db")
        .hasMessageContaining(stream.id().value());
  }

  @Test
  void aRegistryOfTenThousandStreamsOpens() throws Exception {
    Stream first = StreamFixtures.random(1);
    store.save(first, live(first, StreamFixtures.TEN));
    execute(
        "INSERT INTO streams (id, document) SELECT"
            + " printf('01900000-0000-7000-8000-%012x', value), document"
            + " FROM streams, "
            + StreamFixtures.series(9_999));
    restart();
    StreamRegistry registry =
        StreamRegistry.open(store, Clock.systemUTC(), new StreamDefaults(true, Set.of()));
    StreamFilter sameState =
        new StreamFilter(Optional.of(first.state()), Optional.of(first.ingestType()));
    assertThat(registry.count(sameState)).isEqualTo(10_000);
  }
}
