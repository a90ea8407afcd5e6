package io.streaminfa.state;

import io.streaminfa.jobs.VodChunk;
import io.streaminfa.stream.StreamId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Chunks as rows. */
final class ChunkRows {
  private static final String SELECT =
      "SELECT c.stream_id, c.idx, c.kind, c.start_ticks, c.end_ticks, c.state, c.failed_attempts,"
          + " c.problem, c.result FROM chunks c ";

  private ChunkRows() {}

  static List<VodChunk> ofJob(Connection connection, StreamId id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(SELECT + "WHERE c.stream_id = ? ORDER BY c.idx")) {
      select.setString(1, id.value());
      return readAll(select);
    }
  }

  static Optional<VodChunk> find(Connection connection, StreamId id, int index)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(SELECT + "WHERE c.stream_id = ? AND c.idx = ?")) {
      select.setString(1, id.value());
      select.setInt(2, index);
      return readAll(select).stream().findFirst();
    }
  }

  /** The next that wait, in the order in which they are handed out. */
  static List<VodChunk> pending(Connection connection, int max) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            SELECT
                + "JOIN jobs j ON j.stream_id = c.stream_id"
                + " WHERE j.state = 'running' AND c.state = 'pending'"
                + " ORDER BY j.created_at_ms, c.stream_id, c.idx LIMIT ?")) {
      select.setInt(1, max);
      return readAll(select);
    }
  }

  static List<VodChunk> running(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(SELECT + "WHERE c.state = 'running'")) {
      return readAll(select);
    }
  }

  private static List<VodChunk> readAll(PreparedStatement select) throws SQLException {
    List<VodChunk> chunks = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        chunks.add(read(row));
      }
    }
    return List.copyOf(chunks);
  }

  private static VodChunk read(ResultSet row) throws SQLException {
    return new VodChunk(
        new StreamId(row.getString(1)),
        row.getInt(2),
        new VodChunk.Span(
            Fields.constant(VodChunk.Kind.class, row.getString(3)), row.getLong(4), row.getLong(5)),
        Fields.constant(VodChunk.State.class, row.getString(6)),
        row.getInt(7),
        Optional.ofNullable(row.getString(8)),
        Optional.ofNullable(row.getString(9)));
  }

  static int insert(Connection connection, List<VodChunk> chunks) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO chunks (stream_id, idx, kind, start_ticks, end_ticks, state,"
                + " failed_attempts) VALUES (?, ?, ?, ?, ?, ?, ?)")) {
      for (VodChunk chunk : chunks) {
        insert.setString(1, chunk.streamId().value());
        insert.setInt(2, chunk.index());
        insert.setString(3, Fields.nameOf(chunk.span().kind()));
        insert.setLong(4, chunk.span().startTicks());
        insert.setLong(5, chunk.span().endTicks());
        insert.setString(6, Fields.nameOf(chunk.state()));
        insert.setInt(7, chunk.failedAttempts());
        insert.executeUpdate();
      }
      return chunks.size();
    }
  }

  /** Writes what of chunks can change. */
  static int update(Connection connection, List<VodChunk> chunks) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE chunks SET state = ?, failed_attempts = ?, problem = ?, result = ?"
                + " WHERE stream_id = ? AND idx = ?")) {
      for (VodChunk chunk : chunks) {
        update.setString(1, Fields.nameOf(chunk.state()));
        update.setInt(2, chunk.failedAttempts());
        update.setString(3, chunk.problem().orElse(null));
        update.setString(4, chunk.result().orElse(null));
        update.setString(5, chunk.streamId().value());
        update.setInt(6, chunk.index());
        update.executeUpdate();
      }
      return chunks.size();
    }
  }
}
