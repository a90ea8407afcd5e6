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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * The database of one data directory: one connection, one thread, and one commit for all who wait.
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

  /** So many transactions share a commit at most: the first of them waits for the last. */
  static final int MAX_GROUP = 256;

  private final Path file;

  /** Only the writer's thread touches it. */
  private final Connection connection;

  private final GroupCommit commits;

  /** As long as there are threads that change something, because each waits for its change. */
  private final Queue<Transaction<?>> waiting = new ConcurrentLinkedQueue<>();

  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("state").factory());

  private SqliteDatabase(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
    commits = new GroupCommit(file, connection);
  }

  /**
   * What is done in one transaction; whatever it throws undoes it. It changes nothing but the
   * database, because it is done once more where the commit that it shared with others fails.
   */
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
    submit(List.<Work<Boolean>>of(SqliteDatabase::readsItsVersion)).getFirst().awaitInterruptibly();
  }

  private static boolean readsItsVersion(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        var row = statement.executeQuery("SELECT max(number) FROM events")) {
      return row.next();
    }
  }

  /**
   * Runs work in a transaction: when this returns it is on the disk, when this throws nothing of it
   * is. Waits without regard to interrupts, because nobody could say otherwise whether the change
   * happened.
   */
  @CanIgnoreReturnValue
  <T> T inTransaction(Work<T> work) throws StateException {
    return submit(List.of(work)).getFirst().await();
  }

  /**
   * Begins a transaction for each work, in their order; all of them may share one commit.
   *
   * @return to be waited for
   */
  <T> List<Transaction<T>> submit(List<Work<T>> works) {
    List<Transaction<T>> transactions = new ArrayList<>(works.size());
    for (Work<T> work : works) {
      transactions.add(new Transaction<>(work));
    }
    waiting.addAll(transactions);
    transactions.forEach(this::wakeWriterFor);
    return transactions;
  }

  private void wakeWriterFor(Transaction<?> transaction) {
    try {
      writer.execute(this::commitWaiting);
    } catch (RejectedExecutionException e) {
      if (waiting.remove(transaction)) {
        transaction.failed(StateException.of(file, "closed", e));
      }
    }
  }

  /** Finds nothing where the group before took it along. */
  private void commitWaiting() {
    List<Transaction<?>> group = new ArrayList<>();
    while (group.size() < MAX_GROUP) {
      Transaction<?> next = waiting.poll();
      if (next == null) {
        break;
      }
      group.add(next);
    }
    if (!group.isEmpty()) {
      commits.run(group);
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
