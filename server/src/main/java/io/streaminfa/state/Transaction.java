package io.streaminfa.state;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One caller's work and what becomes of it. */
final class Transaction<T> {
  private final SqliteDatabase.Work<T> work;
  private final CompletableFuture<T> outcome = new CompletableFuture<>();

  Transaction(SqliteDatabase.Work<T> work) {
    this.work = work;
  }

  /**
   * Does the work in the transaction that is open.
   *
   * @return what tells the caller, to be run once the transaction is on the disk
   */
  Runnable run(Connection connection) throws SQLException, StateException {
    T result = work.run(connection);
    return () -> outcome.complete(result);
  }

  /** Nothing of the work is on the disk, nor will be. */
  void failed(Throwable cause) {
    outcome.completeExceptionally(cause);
  }

  boolean isOver() {
    return outcome.isDone();
  }

  /**
   * Waits without regard to interrupts, because nobody could say otherwise whether the change
   * happened.
   */
  T await() throws StateException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return awaitInterruptibly();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  T awaitInterruptibly() throws StateException, InterruptedException {
    try {
      return outcome.get();
    } catch (ExecutionException e) {
      throw failure(e);
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
}
