package io.streaminfa.state;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.streaminfa.jobs.JobException;
import io.streaminfa.jobs.JobQueue;
import io.streaminfa.jobs.VodChunk;
import io.streaminfa.jobs.VodJob;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The job queue in the state database. What may follow what is decided by the records of {@code
 * jobs}; this reads them, lets them change, and writes them, in one transaction each. A job belongs
 * to a stream of the same database and goes with it.
 */
public final class SqliteJobQueue implements JobQueue {
  private final SqliteDatabase database;

  public SqliteJobQueue(SqliteDatabase database) {
    this.database = database;
  }

  @Override
  public void enqueue(VodJob job) throws JobException {
    JobQueue.requireQueued(job);
    change(
        connection -> {
          if (JobRows.find(connection, job.streamId()).isPresent()) {
            throw new JobException.Conflict("stream " + job.streamId() + " has a job");
          }
          return insert(connection, job);
        });
  }

  static int insert(Connection connection, VodJob job) throws SQLException {
    return JobRows.insert(connection, job);
  }

  @Override
  public Optional<VodJob> find(StreamId id) throws JobException.StoreFailed {
    return read(connection -> JobRows.find(connection, id));
  }

  @Override
  public List<VodJob> open() throws JobException.StoreFailed {
    return read(JobRows::open);
  }

  @Override
  public List<VodChunk> chunks(StreamId id) throws JobException.StoreFailed {
    return read(connection -> ChunkRows.ofJob(connection, id));
  }

  @Override
  public void plan(StreamId id, String plan, List<VodChunk.Span> spans) throws JobException {
    List<VodChunk> chunks = VodChunk.pending(id, spans);
    change(
        connection -> {
          JobRows.update(connection, job(connection, id).planned(plan));
          return ChunkRows.insert(connection, chunks);
        });
  }

  @Override
  public List<VodChunk> claim(int max) throws JobException {
    JobQueue.requirePositive(max);
    return change(
        connection -> {
          List<VodChunk> claimed = new ArrayList<>();
          for (VodChunk chunk : ChunkRows.pending(connection, max)) {
            claimed.add(chunk.claimed());
          }
          ChunkRows.update(connection, claimed);
          return List.copyOf(claimed);
        });
  }

  @Override
  public void chunkDone(StreamId id, int index, String result) throws JobException {
    change(
        connection ->
            ChunkRows.update(connection, List.of(chunk(connection, id, index).done(result))));
  }

  @Override
  public int chunkFailed(StreamId id, int index, String message) throws JobException {
    return change(
        connection -> {
          VodChunk failed = chunk(connection, id, index).failed(message);
          ChunkRows.update(connection, List.of(failed));
          return failed.failedAttempts();
        });
  }

  @Override
  public void finish(StreamId id) throws JobException {
    change(
        connection ->
            JobRows.update(
                connection, job(connection, id).finished(ChunkRows.ofJob(connection, id))));
  }

  @Override
  public void fail(StreamId id, StreamFailure reason) throws JobException {
    change(connection -> JobRows.update(connection, job(connection, id).failed(reason)));
  }

  @Override
  public void delete(StreamId id) throws JobException.StoreFailed {
    read(
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement("DELETE FROM jobs WHERE stream_id = ?")) {
            delete.setString(1, id.value());
            return delete.executeUpdate();
          }
        });
  }

  @Override
  public int reopen() throws JobException {
    return change(
        connection -> {
          List<VodChunk> reopened = new ArrayList<>();
          for (VodChunk chunk : ChunkRows.running(connection)) {
            reopened.add(chunk.abandoned());
          }
          return ChunkRows.update(connection, reopened);
        });
  }

  private static VodJob job(Connection connection, StreamId id)
      throws SQLException, JobException.NotFound {
    return JobRows.find(connection, id).orElseThrow(() -> new JobException.NotFound(id));
  }

  private static VodChunk chunk(Connection connection, StreamId id, int index)
      throws SQLException, JobException {
    job(connection, id).requireRunning();
    return ChunkRows.find(connection, id, index)
        .orElseThrow(() -> new JobException.NotFound(id, index));
  }

  /** Work that a job's rules may refuse. */
  @FunctionalInterface
  private interface Change<T> {
    T make(Connection connection) throws SQLException, JobException;
  }

  /** Carries a refusal out of its transaction, which it undoes. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final JobException refusal;

    Refused(JobException refusal) {
      super(refusal);
      this.refusal = refusal;
    }
  }

  @CanIgnoreReturnValue
  private <T> T change(Change<T> change) throws JobException {
    try {
      return database.inTransaction(
          connection -> {
            try {
              return change.make(connection);
            } catch (JobException e) {
              throw new Refused(e);
            }
          });
    } catch (Refused e) {
      throw e.refusal;
    } catch (StateException e) {
      throw storeFailed(e);
    }
  }

  /** Work that can only fail with the store. */
  @CanIgnoreReturnValue
  private <T> T read(SqliteDatabase.Work<T> work) throws JobException.StoreFailed {
    try {
      return database.inTransaction(work);
    } catch (StateException e) {
      throw storeFailed(e);
    }
  }

  private static JobException.StoreFailed storeFailed(StateException e) {
    return new JobException.StoreFailed(String.valueOf(e.getMessage()), e);
  }
}
