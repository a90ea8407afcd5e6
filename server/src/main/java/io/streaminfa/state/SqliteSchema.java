package io.streaminfa.state;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables, as the steps that made them. A step that was released never changes: a new version
 * adds one.
 */
final class SqliteSchema {
  /** Each list leads from the version that is its index to the next. */
  private static final List<List<String>> STEPS =
      List.of(
          List.of(
              """
              CREATE TABLE streams (
                id TEXT PRIMARY KEY,
                document TEXT NOT NULL
              ) STRICT
              """,
              // AUTOINCREMENT: a number is never given twice, not even when all events are pruned.
              """
              CREATE TABLE events (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                stream_id TEXT NOT NULL,
                type TEXT NOT NULL,
                at_ms INTEGER NOT NULL,
                document TEXT NOT NULL
              ) STRICT
              """,
              """
              CREATE TABLE jobs (
                stream_id TEXT PRIMARY KEY REFERENCES streams (id) ON DELETE CASCADE,
                source TEXT NOT NULL,
                state TEXT NOT NULL,
                plan TEXT,
                created_at_ms INTEGER NOT NULL,
                failure_code TEXT,
                failure_message TEXT
              ) STRICT
              """,
              "CREATE INDEX jobs_by_state ON jobs (state, created_at_ms, stream_id)",
              """
              CREATE TABLE chunks (
                stream_id TEXT NOT NULL REFERENCES jobs (stream_id) ON DELETE CASCADE,
                idx INTEGER NOT NULL,
                kind TEXT NOT NULL,
                start_ticks INTEGER NOT NULL,
                end_ticks INTEGER NOT NULL,
                state TEXT NOT NULL,
                failed_attempts INTEGER NOT NULL,
                problem TEXT,
                result TEXT,
                PRIMARY KEY (stream_id, idx)
              ) STRICT
              """,
              "CREATE INDEX chunks_by_state ON chunks (state, stream_id, idx)"),
          List.of(
              """
              CREATE TABLE expiries (
                target TEXT PRIMARY KEY,
                due_ms INTEGER NOT NULL
              ) STRICT, WITHOUT ROWID
              """,
              "CREATE INDEX expiries_by_time ON expiries (due_ms, target)"),
          List.of(
              // Events are stored as they are told from here on; nobody could read them before.
              "DELETE FROM events",
              "CREATE INDEX events_by_stream ON events (stream_id, number)",
              // A receiver's secret must be known to sign with; the file is its owner's alone.
              """
              CREATE TABLE webhooks (
                id TEXT PRIMARY KEY,
                url TEXT NOT NULL,
                secret TEXT NOT NULL,
                types TEXT NOT NULL,
                created_at_ms INTEGER NOT NULL,
                cursor INTEGER NOT NULL
              ) STRICT
              """,
              """
              CREATE TABLE deliveries (
                webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
                event_number INTEGER NOT NULL,
                type TEXT NOT NULL,
                stream_id TEXT NOT NULL,
                body TEXT NOT NULL,
                attempts INTEGER NOT NULL,
                first_attempt_at_ms INTEGER,
                next_attempt_at_ms INTEGER NOT NULL,
                problem TEXT,
                given_up_at_ms INTEGER,
                PRIMARY KEY (webhook_id, event_number)
              ) STRICT
              """,
              """
              CREATE INDEX deliveries_by_stream ON deliveries (webhook_id, stream_id, event_number)
              WHERE given_up_at_ms IS NULL
              """));

  /** What this program writes. */
  static final int VERSION = STEPS.size();

  private SqliteSchema() {}

  /** Brings an older or empty database to {@link #VERSION}; to be called in a transaction. */
  static void migrate(Connection connection, Path file) throws SQLException, StateException {
    try (Statement statement = connection.createStatement()) {
      int found = version(statement);
      if (found > VERSION) {
        throw StateException.of(
            file,
            ("written by a newer StreamInfa (its schema is %d, this one knows %d); start that one,"
                    + " or bring back a backup from before it")
                .formatted(found, VERSION));
      }
      for (List<String> step : STEPS.subList(found, VERSION)) {
        for (String sql : step) {
          statement.execute(sql);
        }
      }
      if (found < VERSION) {
        statement.execute("PRAGMA user_version = " + VERSION);
      }
    }
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
      return row.next() ? row.getInt(1) : 0;
    }
  }
}
