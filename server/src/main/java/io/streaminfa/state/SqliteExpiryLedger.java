package io.streaminfa.state;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.streaminfa.storage.ExpiryLedger;
import io.streaminfa.storage.StorageException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What is to be deleted and when, in the state database. */
public final class SqliteExpiryLedger implements ExpiryLedger {
  private final SqliteDatabase database;

  public SqliteExpiryLedger(SqliteDatabase database) {
    this.database = database;
  }

  @Override
  public void add(Collection<Expiry> expiries) throws StorageException {
    if (expiries.isEmpty()) {
      return;
    }
    call(
        connection -> {
          try (PreparedStatement upsert =
              connection.prepareStatement(
                  "INSERT INTO expiries (target, due_ms) VALUES (?, ?)"
                      + " ON CONFLICT (target) DO UPDATE SET due_ms = excluded.due_ms")) {
            for (Expiry expiry : expiries) {
              upsert.setString(1, expiry.target());
              upsert.setLong(2, expiry.at().toEpochMilli());
              upsert.executeUpdate();
            }
            return expiries.size();
          }
        });
  }

  @Override
  public List<Expiry> due(Instant now, int limit) throws StorageException {
    return call(
        connection -> {
          List<Expiry> due = new ArrayList<>();
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT target, due_ms FROM expiries WHERE due_ms <= ?"
                      + " ORDER BY due_ms, target LIMIT ?")) {
            select.setLong(1, now.toEpochMilli());
            select.setInt(2, limit);
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                due.add(read(row));
              }
            }
          }
          return List.copyOf(due);
        });
  }

  private Expiry read(ResultSet row) throws SQLException, StateException {
    String target = row.getString(1);
    try {
      return new Expiry(target, Instant.ofEpochMilli(row.getLong(2)));
    } catch (IllegalArgumentException e) {
      throw StateException.of(database.file(), "expiry " + target + " cannot be read", e);
    }
  }

  @Override
  public Optional<Instant> nextDue() throws StorageException {
    return call(
        connection -> {
          try (PreparedStatement select =
                  connection.prepareStatement(
                      "SELECT due_ms FROM expiries ORDER BY due_ms LIMIT 1");
              ResultSet row = select.executeQuery()) {
            return row.next()
                ? Optional.of(Instant.ofEpochMilli(row.getLong(1)))
                : Optional.<Instant>empty();
          }
        });
  }

  @Override
  public void remove(Collection<String> targets) throws StorageException {
    if (targets.isEmpty()) {
      return;
    }
    call(
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement("DELETE FROM expiries WHERE target = ?")) {
            for (String target : targets) {
              delete.setString(1, target);
              delete.executeUpdate();
            }
            return targets.size();
          }
        });
  }

  @Override
  public void forget(String prefix) throws StorageException {
    call(
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement(
                  "DELETE FROM expiries WHERE target >= ? AND target < ?")) {
            delete.setString(1, prefix);
            // The character behind the slash: everything that begins with the prefix is below it.
            delete.setString(2, prefix.substring(0, prefix.length() - 1) + "0");
            return delete.executeUpdate();
          }
        });
  }

  @CanIgnoreReturnValue
  private <T> T call(SqliteDatabase.Work<T> work) throws StorageException {
    try {
      return database.inTransaction(work);
    } catch (StateException e) {
      throw new StorageException(
          StorageException.Kind.UNAVAILABLE, String.valueOf(e.getMessage()), e);
    }
  }
}
