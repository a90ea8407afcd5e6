package io.streaminfa.state;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.streaminfa.jobs.VodJob;
import io.streaminfa.stream.SourceFile;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamEvent;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Streams and what happened to them, in the state database. */
public final class SqliteStreamStore implements StreamStore {
  /** Events kept at most; the oldest go first. */
  public static final int MAX_EVENTS = 100_000;

  /** How long events are kept. */
  public static final Duration EVENT_LIFETIME = Duration.ofDays(7);

  /** By so many the events may exceed {@link #MAX_EVENTS} before the oldest are removed. */
  static final int PRUNE_EVERY = 1_000;

  private final SqliteDatabase database;

  public SqliteStreamStore(SqliteDatabase database) {
    this.database = database;
  }

  /** An event and its number. */
  public record NumberedEvent(long number, StreamEvent event) {}

  @Override
  public List<Stream> loadAll() throws StreamException.StoreFailed {
    return call(
        connection -> {
          List<Stream> streams = new ArrayList<>();
          try (PreparedStatement select =
                  connection.prepareStatement("SELECT id, document FROM streams ORDER BY id");
              ResultSet row = select.executeQuery()) {
            while (row.next()) {
              streams.add(readStream(row.getString(1), row.getString(2)));
            }
          }
          return List.copyOf(streams);
        });
  }

  private Stream readStream(String id, String document) throws StateException {
    try {
      return StreamDocument.read(new StreamId(id), document);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw StateException.of(database.file(), "stream " + id + " cannot be read", e);
    }
  }

  @Override
  public long save(Stream stream, StreamEvent event) throws StreamException.StoreFailed {
    return call(connection -> write(connection, stream, event));
  }

  @Override
  public long save(Stream stream, StreamEvent event, SourceFile source)
      throws StreamException.StoreFailed {
    return call(connection -> write(connection, stream, event, source));
  }

  @Override
  public List<Outcome> saveAll(List<Change> changes) {
    List<SqliteDatabase.Work<Long>> works = new ArrayList<>(changes.size());
    for (Change change : changes) {
      works.add(
          connection ->
              change.source().isPresent()
                  ? write(connection, change.after(), change.event(), change.source().get())
                  : write(connection, change.after(), change.event()));
    }
    return database.submit(works).stream().map(SqliteStreamStore::outcome).toList();
  }

  private static Outcome outcome(Transaction<Long> transaction) {
    try {
      return new Outcome.Saved(transaction.await());
    } catch (StateException e) {
      return new Outcome.Failed(storeFailed(e));
    }
  }

  private static long write(
      Connection connection, Stream stream, StreamEvent event, SourceFile source)
      throws SQLException {
    long number = write(connection, stream, event);
    SqliteJobQueue.insert(connection, VodJob.queued(stream.id(), source, stream.updatedAt()));
    return number;
  }

  private static long write(Connection connection, Stream stream, StreamEvent event)
      throws SQLException {
    // Not REPLACE, which would delete the row first, and its job with it.
    try (PreparedStatement upsert =
        connection.prepareStatement(
            "INSERT INTO streams (id, document) VALUES (?, ?)"
                + " ON CONFLICT (id) DO UPDATE SET document = excluded.document")) {
      upsert.setString(1, stream.id().value());
      upsert.setString(2, StreamDocument.write(stream));
      upsert.executeUpdate();
    }
    long number = append(connection, event);
    if (number % PRUNE_EVERY == 0) {
      keepNewest(connection, MAX_EVENTS);
    }
    return number;
  }

  private static long append(Connection connection, StreamEvent event) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO events (stream_id, type, at_ms, document) VALUES (?, ?, ?, ?)"
                + " RETURNING number")) {
      insert.setString(1, event.streamId().value());
      insert.setString(2, event.type());
      insert.setLong(3, event.at().toEpochMilli());
      insert.setString(4, EventDocument.write(event));
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static int keepNewest(Connection connection, int count) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM events WHERE number <= (SELECT max(number) FROM events) - ?")) {
      delete.setInt(1, count);
      return delete.executeUpdate();
    }
  }

  @Override
  public void remove(StreamId id) throws StreamException.StoreFailed {
    call(
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement("DELETE FROM streams WHERE id = ?")) {
            delete.setString(1, id.value());
            return delete.executeUpdate();
          }
        });
  }

  /**
   * What happened after an event, in order. Events before the oldest that is kept are gone.
   *
   * @param number of the last event that is known; 0: none
   * @param limit how many at most
   */
  public List<NumberedEvent> eventsAfter(long number, int limit)
      throws StreamException.StoreFailed {
    return call(
        connection -> {
          List<NumberedEvent> events = new ArrayList<>();
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT number, stream_id, type, document FROM events"
                      + " WHERE number > ? ORDER BY number LIMIT ?")) {
            select.setLong(1, number);
            select.setInt(2, limit);
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                events.add(readEvent(row));
              }
            }
          }
          return List.copyOf(events);
        });
  }

  private NumberedEvent readEvent(ResultSet row) throws SQLException, StateException {
    long number = row.getLong(1);
    try {
      StreamEvent event =
          EventDocument.read(new StreamId(row.getString(2)), row.getString(3), row.getString(4));
      return new NumberedEvent(number, event);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw StateException.of(database.file(), "event " + number + " cannot be read", e);
    }
  }

  /**
   * Removes the events that are older than {@link #EVENT_LIFETIME}.
   *
   * @return how many
   */
  @CanIgnoreReturnValue
  public int pruneEvents(Instant now) throws StreamException.StoreFailed {
    return call(
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement("DELETE FROM events WHERE at_ms < ?")) {
            delete.setLong(1, now.minus(EVENT_LIFETIME).toEpochMilli());
            return delete.executeUpdate();
          }
        });
  }

  @CanIgnoreReturnValue
  private <T> T call(SqliteDatabase.Work<T> work) throws StreamException.StoreFailed {
    try {
      return database.inTransaction(work);
    } catch (StateException e) {
      throw storeFailed(e);
    }
  }

  private static StreamException.StoreFailed storeFailed(StateException e) {
    return new StreamException.StoreFailed(String.valueOf(e.getMessage()), e);
  }

  /** The database is its opener's to close. */
  @Override
  public void close() {}
}
