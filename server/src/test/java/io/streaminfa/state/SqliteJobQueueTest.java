package io.streaminfa.state;

import io.streaminfa.jobs.JobQueue;
import io.streaminfa.jobs.JobQueueContract;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamEvent;
import io.streaminfa.stream.StreamId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteJobQueueTest extends JobQueueContract {
  private final Path file;
  private SqliteDatabase database;

  SqliteJobQueueTest(@TempDir Path directory) throws StateException {
    file = directory.resolve("state.db");
    database = SqliteDatabase.open(file, Optional.empty());
  }

  @Override
  protected JobQueue create() {
    return new SqliteJobQueue(database);
  }

  @Override
  protected void makeStream(StreamId id) throws Exception {
    Instant now = Instant.parse("2026-03-01T10:00:00Z");
    new SqliteStreamStore(database)
        .save(
            Stream.builder(id, IngestType.UPLOAD, now).build(),
            new StreamEvent.Created(id, now, IngestType.UPLOAD));
  }

  @Override
  protected JobQueue restart() throws StateException {
    database.close();
    database = SqliteDatabase.open(file, Optional.empty());
    return create();
  }

  @AfterEach
  void close() {
    database.close();
  }
}
