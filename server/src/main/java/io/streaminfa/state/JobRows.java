package io.streaminfa.state;

import io.streaminfa.jobs.VodJob;
import io.streaminfa.stream.SourceFile;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Jobs as rows. */
final class JobRows {
  private static final String SELECT =
      "SELECT stream_id, source, state, plan, created_at_ms, failure_code, failure_message"
          + " FROM jobs ";

  private JobRows() {}

  static Optional<VodJob> find(Connection connection, StreamId id) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SELECT + "WHERE stream_id = ?")) {
      select.setString(1, id.value());
      return readAll(select).stream().findFirst();
    }
  }

  static List<VodJob> open(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            SELECT + "WHERE state IN ('queued', 'running') ORDER BY created_at_ms, stream_id")) {
      return readAll(select);
    }
  }

  private static List<VodJob> readAll(PreparedStatement select) throws SQLException {
    List<VodJob> jobs = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        jobs.add(read(row));
      }
    }
    return jobs;
  }

  private static VodJob read(ResultSet row) throws SQLException {
    String failureMessage = row.getString(7);
    return new VodJob(
        new StreamId(row.getString(1)),
        new SourceFile(row.getString(2)),
        Fields.constant(VodJob.State.class, row.getString(3)),
        Optional.ofNullable(row.getString(4)),
        Instant.ofEpochMilli(row.getLong(5)),
        Optional.ofNullable(row.getString(6)).map(code -> new StreamFailure(code, failureMessage)));
  }

  static int insert(Connection connection, VodJob job) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO jobs (stream_id, source, state, plan, created_at_ms)"
                + " VALUES (?, ?, ?, ?, ?)")) {
      insert.setString(1, job.streamId().value());
      insert.setString(2, job.source().path());
      insert.setString(3, Fields.nameOf(job.state()));
      insert.setString(4, job.plan().orElse(null));
      insert.setLong(5, job.createdAt().toEpochMilli());
      return insert.executeUpdate();
    }
  }

  /** Writes what of a job can change. */
  static int update(Connection connection, VodJob job) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE jobs SET state = ?, plan = ?, failure_code = ?, failure_message = ?"
                + " WHERE stream_id = ?")) {
      update.setString(1, Fields.nameOf(job.state()));
      update.setString(2, job.plan().orElse(null));
      update.setString(3, job.failure().map(StreamFailure::code).orElse(null));
      update.setString(4, job.failure().map(StreamFailure::message).orElse(null));
      update.setString(5, job.streamId().value());
      return update.executeUpdate();
    }
  }
}
