package io.streaminfa.state;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.streaminfa.events.EventData;
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
import java.util.Optional;

/** Streams and what happened to them, in the state database. */
public final class SqliteStreamStore implements StreamStore {
  /** How long events are kept. */
  public static final Duration EVENT_LIFETIME = Duration.ofDays(7);

  private final SqliteDatabase database;

  public SqliteStreamStore(SqliteDatabase database) {
    this.database = database;
  }

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
    return SqliteOutbox.append(
        connection, Optional.of(event.streamId()), event.type(), event.at(), EventData.of(event));
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
