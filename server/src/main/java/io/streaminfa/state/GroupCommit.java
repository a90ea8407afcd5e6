package io.streaminfa.state;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the transactions that wait at the same time into one, because what a commit takes is its
 * sync, which is the same for one change and for a hundred. Nobody is told before the commit, and
 * each work keeps a savepoint of its own, so that one that fails undoes itself alone.
 */
final class GroupCommit {
  private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);

  private final Path file;
  private final Connection connection;

  GroupCommit(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /** Every transaction is over when this returns, each with its own outcome. */
  void run(List<Transaction<?>> group) {
    if (group.size() == 1) {
      runAlone(group.getFirst());
      return;
    }
    try {
      execute("BEGIN IMMEDIATE");
    } catch (SQLException e) {
      group.forEach(transaction -> fail(transaction, e));
      return;
    }
    List<Runnable> answers = new ArrayList<>(group.size());
    try {
      for (Transaction<?> transaction : group) {
        runInGroup(transaction, answers);
      }
      execute("COMMIT");
    } catch (SQLException e) {
      log.debug("a group of {} is undone and made one by one: {}", group.size(), e.getMessage());
      rollBack();
      group.stream().filter(transaction -> !transaction.isOver()).forEach(this::runAlone);
      return;
    }
    answers.forEach(Runnable::run);
  }

  /** Throws only what ends the group. */
  private void runInGroup(Transaction<?> transaction, List<Runnable> answers) throws SQLException {
    execute("SAVEPOINT work");
    try {
      Runnable answer = transaction.run(connection);
      execute("RELEASE work");
      answers.add(answer);
    } catch (SQLException | StateException | RuntimeException | Error e) {
      // Where a full disk made SQLite undo the whole group, there is no savepoint any more, and
      // this throws (sqlite.org/lang_transaction.html, 3).
      execute("ROLLBACK TO work");
      execute("RELEASE work");
      fail(transaction, e);
    }
  }

  private void runAlone(Transaction<?> transaction) {
    try {
      execute("BEGIN IMMEDIATE");
      Runnable answer = transaction.run(connection);
      execute("COMMIT");
      answer.run();
    } catch (SQLException | StateException | RuntimeException | Error e) {
      rollBack();
      fail(transaction, e);
    }
  }

  private void fail(Transaction<?> transaction, Throwable cause) {
    transaction.failed(
        cause instanceof SQLException failure ? StateException.of(file, failure) : cause);
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
}
