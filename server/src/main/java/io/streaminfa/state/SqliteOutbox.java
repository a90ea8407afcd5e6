package io.streaminfa.state;

import io.streaminfa.events.Outbox;
import io.streaminfa.events.OutboxException;
import io.streaminfa.events.PublishedEvent;
import io.streaminfa.stream.StreamId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table of events: written in the transaction of what they tell of, read by those who tell. */
public final class SqliteOutbox implements Outbox {
  /** Events kept at most; the oldest go first. */
  static final int MAX_EVENTS = 100_000;

  /** By so many the events may exceed {@link #MAX_EVENTS} before the oldest are removed. */
  static final int PRUNE_EVERY = 1_000;

  /** The stream of an event that is about the server. */
  private static final String NO_STREAM = "";

  private final SqliteDatabase database;

  public SqliteOutbox(SqliteDatabase database) {
    this.database = database;
  }

  /**
   * Adds an event to the transaction of its change. Who commits wakes the {@link
   * io.streaminfa.events.EventFeed}.
   *
   * @param stream empty: it is about the server
   * @param data one JSON object, as it is told
   * @return the event's number
   */
  static long append(
      Connection connection, Optional<StreamId> stream, String type, Instant at, String data)
      throws SQLException {
    long number;
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO events (stream_id, type, at_ms, document) VALUES (?, ?, ?, ?)"
                + " RETURNING number")) {
      insert.setString(1, stream.map(StreamId::value).orElse(NO_STREAM));
      insert.setString(2, type);
      insert.setLong(3, at.toEpochMilli());
      insert.setString(4, data);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        number = row.getLong(1);
      }
    }
    if (number % PRUNE_EVERY == 0) {
      keepNewest(connection, MAX_EVENTS);
    }
    return number;
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
  public Batch read(long after, Optional<StreamId> stream, int limit) throws OutboxException {
    return call(
        connection -> {
          List<PublishedEvent> events = select(connection, after, stream, limit);
          long newest = newest(connection);
          long through = events.size() == limit ? events.getLast().id() : newest;
          return new Batch(events, through, oldest(connection, newest));
        });
  }

  private static List<PublishedEvent> select(
      Connection connection, long after, Optional<StreamId> stream, int limit) throws SQLException {
    String ofStream = stream.isPresent() ? " AND stream_id = ?3" : "";
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT number, type, stream_id, at_ms, document FROM events WHERE number > ?1"
                + ofStream
                + " ORDER BY number LIMIT ?2")) {
      select.setLong(1, after);
      select.setInt(2, limit);
      if (stream.isPresent()) {
        select.setString(3, stream.get().value());
      }
      List<PublishedEvent> events = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          events.add(
              new PublishedEvent(
                  row.getLong(1),
                  row.getString(2),
                  streamOf(row.getString(3)),
                  Instant.ofEpochMilli(row.getLong(4)),
                  row.getString(5)));
        }
      }
      return events;
    }
  }

  static Optional<StreamId> streamOf(String column) {
    return StreamId.parse(column);
  }

  @Override
  public long newest() throws OutboxException {
    return call(SqliteOutbox::newest);
  }

  /** Also when all events are pruned: "SQLite keeps track of the largest ROWID" of such a table. */
  private static long newest(Connection connection) throws SQLException {
    return number(connection, "SELECT max(seq) FROM sqlite_sequence WHERE name = 'events'");
  }

  private static long oldest(Connection connection, long newest) throws SQLException {
    long oldest = number(connection, "SELECT min(number) FROM events");
    return oldest == 0 ? newest + 1 : oldest;
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql);
        ResultSet row = select.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  private <T> T call(SqliteDatabase.Work<T> work) throws OutboxException {
    try {
      return database.inTransaction(work);
    } catch (StateException e) {
      throw new OutboxException(String.valueOf(e.getMessage()), e);
    }
  }
}
