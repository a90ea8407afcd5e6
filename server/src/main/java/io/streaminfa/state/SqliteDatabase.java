package io.streaminfa.state;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * The database of one data directory: one connection, one thread, one transaction at a time.
 *
 * <p>The thread is a platform thread. A virtual thread that waits for the disk inside native code
 * keeps its carrier, of which there are as many as cores: one slow sync would stop the media of
 * every stream. Callers wait for their transaction without a carrier, and as each has one at most,
 * no more wait than there are threads that change something.
 *
 * <p>A transaction that has returned is on the disk: the journal is a WAL, and {@code
 * synchronous=FULL} syncs it at every commit ("transactions are durable across a power loss",
 * sqlite.org/pragma.html#pragma_synchronous).
 */
public final class SqliteDatabase implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SqliteDatabase.class);

  /** How long a program that looks into the file, a backup for example, may hold its lock. */
  private static final int BUSY_TIMEOUT_MS = 5_000;

  /** To what the journal is cut back after it had to grow. */
  private static final int JOURNAL_SIZE_LIMIT_BYTES = 16 << 20;

  private static final int CLOSE_TIMEOUT_SECS = 10;

  private final Path file;

  /** Only the writer's thread touches it. */
  private final Connection connection;

  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("state").factory());

  private SqliteDatabase(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /** What is done in one transaction; whatever it throws undoes it. */
  @FunctionalInterface
  interface Work<T> {
    T run(Connection connection) throws SQLException, StateException;
  }

  /**
   * Opens the database, makes it if need be, and brings an older one up to date.
   *
   * @param natives where the build has unpacked native libraries; empty: the driver unpacks its own
   *     beside the database
   */
  public static SqliteDatabase open(Path file, Optional<Path> natives) throws StateException {
    Path absolute = file.toAbsolutePath();
    SqliteLibrary.locate(natives, Optional.ofNullable(absolute.getParent()).orElse(absolute));
    createPrivate(absolute);
    SqliteDatabase database;
    try {
      database = new SqliteDatabase(absolute, config().createConnection("jdbc:sqlite:" + absolute));
    } catch (SQLException e) {
      throw StateException.of(absolute, e);
    }
    try {
      database.inTransaction(
          connection -> {
            SqliteSchema.migrate(connection, absolute);
            return true;
          });
      return database;
    } catch (StateException e) {
      database.close();
      throw e;
    }
  }

  private static SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setJournalSizeLimit(JOURNAL_SIZE_LIMIT_BYTES);
    config.setBusyTimeout(BUSY_TIMEOUT_MS);
    config.enforceForeignKeys(true);
    return config;
  }

  /** An empty file is an empty database, and SQLite gives its journals the same permissions. */
  private static void createPrivate(Path file) throws StateException {
    try {
      if (Files.exists(file)) {
        return;
      }
      if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } else {
        Files.createFile(file);
      }
    } catch (IOException e) {
      throw StateException.of(file, "cannot be made", e);
    }
  }

  Path file() {
    return file;
  }

  /** Makes one cheap transaction: fails when the file cannot be locked or read. */
  public void check() throws StateException, InterruptedException {
    Future<Boolean> answer = submit(SqliteDatabase::readsItsVersion);
    try {
      answer.get();
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  private static boolean readsItsVersion(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        var row = statement.executeQuery("SELECT max(number) FROM events")) {
      return row.next();
    }
  }

  /**
   * Runs work in a transaction of its own: when this returns it is on the disk, when this throws
   * nothing of it is. Waits without regard to interrupts, because nobody could say otherwise
   * whether the change happened.
   */
  @CanIgnoreReturnValue
  <T> T inTransaction(Work<T> work) throws StateException {
    Future<T> result = submit(work);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw failure(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private <T> Future<T> submit(Work<T> work) throws StateException {
    try {
      return writer.submit(() -> transact(work));
    } catch (RejectedExecutionException e) {
      throw StateException.of(file, "closed", e);
    }
  }

  private static StateException failure(ExecutionException e) {
    return switch (e.getCause()) {
      case StateException failed -> failed;
      case RuntimeException broken -> throw broken;
      case Error broken -> throw broken;
      case null, default -> throw new IllegalStateException("work throws nothing else", e);
    };
  }

  private <T> T transact(Work<T> work) throws StateException {
    boolean committed = false;
    try {
      execute("BEGIN IMMEDIATE");
      T result = work.run(connection);
      execute("COMMIT");
      committed = true;
      return result;
    } catch (SQLException e) {
      throw StateException.of(file, e);
    } finally {
      if (!committed) {
        rollBack();
      }
    }
  }

  private void rollBack() {
    try {
      execute("ROLLBACK");
    } catch (SQLException e) {
      // A full disk makes SQLite roll back by itself (sqlite.org/lang_transaction.html, 3).
      log.debug("nothing to roll back: {}", e.getMessage());
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Finishes what has been started; the journal is merged into the file. May be called again. */
  @Override
  public void close() {
    if (writer.isShutdown()) {
      return;
    }
    writer.execute(this::closeConnection);
    writer.shutdown();
    boolean interrupted = false;
    try {
      if (!writer.awaitTermination(CLOSE_TIMEOUT_SECS, TimeUnit.SECONDS)) {
        log.warn("the state database did not close; its journal is read at the next start");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeConnection() {
    try {
      connection.close();
    } catch (SQLException e) {
      log.warn("the state database did not close cleanly: {}", e.getMessage());
    }
  }
}
