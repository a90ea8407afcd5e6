package io.streaminfa.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConnection;

class SqliteDatabaseTest {
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("state.db");
  }

  private SqliteDatabase open() throws StateException {
    return SqliteDatabase.open(file, Optional.empty());
  }

  private static int execute(SqliteDatabase database, String sql) throws StateException {
    return database.inTransaction(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
          }
        });
  }

  private static String ask(SqliteDatabase database, String sql) throws StateException {
    return database.inTransaction(
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "nothing";
          }
        });
  }

  @Test
  void commitsAreSyncedAndForeignKeysHold() throws Exception {
    try (SqliteDatabase database = open()) {
      assertThat(ask(database, "PRAGMA journal_mode")).isEqualTo("wal");
      assertThat(ask(database, "PRAGMA synchronous")).isEqualTo("2"); // FULL
      assertThat(ask(database, "PRAGMA foreign_keys")).isEqualTo("1");
      assertThat(ask(database, "PRAGMA busy_timeout")).isEqualTo("5000");
      assertThat(ask(database, "PRAGMA user_version")).isEqualTo("" + SqliteSchema.VERSION);
      database.check();
    }
  }

  @Test
  void nobodyElseMayReadIt() throws Exception {
    try (SqliteDatabase database = open()) {
      execute(database, "DELETE FROM events");
      for (String name : List.of("state.db", "state.db-wal", "state.db-shm")) {
        assertThat(
                PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(directory.resolve(name))))
            .as(name)
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void aCleanEndLeavesOneFile() throws Exception {
    SqliteDatabase database = open();
    execute(database, "DELETE FROM events");
    database.close();
    database.close();
    assertThat(directory.resolve("state.db-wal")).doesNotExist();
    assertThatThrownBy(database::check)
        .isInstanceOf(StateException.class)
        .hasMessageEndingWith("closed");
  }

  @Test
  void aNewerSchemaIsLeftAlone() throws Exception {
    try (SqliteDatabase database = open()) {
      execute(database, "PRAGMA user_version = " + (SqliteSchema.VERSION + 1));
    }
    assertThatThrownBy(this::open)
        .isInstanceOf(StateException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("written by a newer StreamInfa");
  }

  @Test
  void aFileThatIsNoDatabaseIsNamedAndLeftAlone() throws Exception {
    byte[] bytes =
        "not a database at all, but long enough to look like one"
            .repeat(50)
            .getBytes(StandardCharsets.UTF_8);
    Files.write(file, bytes);
    assertThatThrownBy(this::open)
        .isInstanceOf(StateException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("damaged; bring back a backup");
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }

  @Test
  void aDamagedDatabaseIsNamed() throws Exception {
    try (SqliteDatabase database = open()) {
      execute(
          database,
          "INSERT INTO streams SELECT value, zeroblob(0) || hex(zeroblob(4000))"
              + " FROM "
              + StreamFixtures.series(100));
    }
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, 4096, bytes.length, (byte) 0x5a);
    Files.write(file, bytes);
    assertThatThrownBy(
            () -> {
              try (SqliteDatabase database = open()) {
                ask(database, "SELECT sum(length(document)) FROM streams");
              }
            })
        .isInstanceOf(StateException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("damaged");
  }

  @Test
  void aDirectoryThatIsNotThereIsSaid() {
    assertThatThrownBy(
            () -> SqliteDatabase.open(directory.resolve("none/state.db"), Optional.empty()))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("cannot be made");
  }

  @Test
  void workThatThrowsIsUndone() throws Exception {
    try (SqliteDatabase database = open()) {
      IllegalStateException defect = new IllegalStateException("a defect");
      assertThatThrownBy(() -> insertAnd(database, defect)).isSameAs(defect);
      SQLException failure = new SQLException("a failure");
      assertThatThrownBy(() -> insertAnd(database, failure))
          .isInstanceOf(StateException.class)
          .hasCause(failure);
      assertThat(ask(database, "SELECT count(*) FROM streams")).isEqualTo("0");
    }
  }

  private static void insertAnd(SqliteDatabase database, Exception failure) throws StateException {
    database.inTransaction(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO streams VALUES ('a', 'b')");
          }
          switch (failure) {
            case SQLException sql -> throw sql;
            case RuntimeException unchecked -> throw unchecked;
            default -> throw new IllegalArgumentException(failure);
          }
        });
  }

  private static SqliteDatabase.Work<Integer> insertion(String id) {
    return connection -> {
      try (Statement statement = connection.createStatement()) {
        return statement.executeUpdate("INSERT INTO streams VALUES ('" + id + "', 'b')");
      }
    };
  }

  @Test
  void whatWaitsTogetherSharesOneCommit() throws Exception {
    AtomicInteger commits = new AtomicInteger();
    try (SqliteDatabase database = open()) {
      database.inTransaction(
          connection -> {
            ((SQLiteConnection) connection).addCommitListener(counting(commits));
            return true;
          });
      commits.set(0);
      List<SqliteDatabase.Work<Integer>> works =
          IntStream.range(0, SqliteDatabase.MAX_GROUP).mapToObj(i -> insertion("" + i)).toList();
      for (Transaction<Integer> transaction : database.submit(works)) {
        assertThat(transaction.await()).isEqualTo(1);
      }
      assertThat(commits).hasValue(1);
      assertThat(ask(database, "SELECT count(*) FROM streams"))
          .isEqualTo("" + SqliteDatabase.MAX_GROUP);
    }
  }

  private static SQLiteCommitListener counting(AtomicInteger commits) {
    return new SQLiteCommitListener() {
      @Override
      public void onCommit() {
        commits.incrementAndGet();
      }

      @Override
      public void onRollback() {}
    };
  }

  @Test
  void workThatFailsInAGroupIsUndoneAlone() throws Exception {
    IllegalStateException defect = new IllegalStateException("a defect");
    try (SqliteDatabase database = open()) {
      List<Transaction<Integer>> group =
          database.submit(
              List.of(
                  insertion("a"),
                  connection -> {
                    insertion("half").run(connection);
                    throw defect;
                  },
                  insertion("a"), // there already
                  insertion("c")));
      assertThat(group.get(0).await()).isEqualTo(1);
      assertThatThrownBy(group.get(1)::await).isSameAs(defect);
      assertThatThrownBy(group.get(2)::await).isInstanceOf(StateException.class);
      assertThat(group.get(3).await()).isEqualTo(1);
      assertThat(ask(database, "SELECT group_concat(id) FROM streams")).isEqualTo("a,c");
    }
  }

  /** As a full disk does, which makes SQLite undo the transaction by itself. */
  @Test
  void workThatUndoesTheGroupTakesNobodyWithIt() throws Exception {
    try (SqliteDatabase database = open()) {
      List<Transaction<Integer>> group =
          database.submit(
              List.of(
                  insertion("a"),
                  connection -> {
                    try (Statement statement = connection.createStatement()) {
                      statement.execute("ROLLBACK");
                    }
                    throw new SQLException("a full disk");
                  },
                  insertion("c")));
      assertThat(group.get(0).await()).isEqualTo(1);
      assertThatThrownBy(group.get(1)::await)
          .isInstanceOf(StateException.class)
          .hasMessageContaining("a full disk");
      assertThat(group.get(2).await()).isEqualTo(1);
      assertThat(ask(database, "SELECT group_concat(id) FROM streams")).isEqualTo("a,c");
    }
  }

  @Test
  void aTransactionIsFinishedWhenItsCallerIsInterrupted() throws Exception {
    try (SqliteDatabase database = open()) {
      Thread.currentThread().interrupt();
      assertThat(execute(database, "INSERT INTO streams VALUES ('a', 'b')")).isEqualTo(1);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void anotherProgramMayReadWhileItIsOpen() throws Exception {
    try (SqliteDatabase database = open()) {
      execute(database, "INSERT INTO streams VALUES ('a', 'b')");
      try (SqliteDatabase other = open()) {
        assertThat(ask(other, "SELECT id FROM streams")).isEqualTo("a");
      }
      execute(database, "INSERT INTO streams VALUES ('c', 'd')");
    }
  }

  /** Kills a process while it writes: what it was told is saved is there, and no half of it. */
  @Test
  void whatWasAcknowledgedBeforeAKillIsThereAndNothingIsHalf() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                RelentlessWriter.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long acknowledged = 0;
    try (BufferedReader said = child.inputReader(StandardCharsets.UTF_8)) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        acknowledged = Math.max(acknowledged, Long.parseLong(line));
        if (acknowledged == 50) {
          child.toHandle().destroyForcibly(); // What it said before stays readable.
        }
      }
    } finally {
      child.destroyForcibly();
    }
    assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(acknowledged).isGreaterThanOrEqualTo(50);
    try (SqliteDatabase database = open()) {
      long events = Long.parseLong(ask(database, "SELECT max(number) FROM events"));
      assertThat(events).isBetween(acknowledged, acknowledged + 1);
      assertThat(ask(database, "SELECT count(*) FROM streams")).isEqualTo("" + events);
      assertThat(ask(database, "SELECT count(*) FROM jobs")).isEqualTo("" + events);
      assertThat(ask(database, "PRAGMA integrity_check")).isEqualTo("ok");
    }
  }
}
