package io.streaminfa.state;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.streaminfa.stream.StreamId;
import io.streaminfa.webhooks.Delivery;
import io.streaminfa.webhooks.Webhook;
import io.streaminfa.webhooks.WebhookException;
import io.streaminfa.webhooks.WebhookSecret;
import io.streaminfa.webhooks.WebhookStore;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Receivers and what waits for them, in the state database. Their secrets are there in the clear:
 * the file is readable by its owner only, as the admin token's is.
 */
public final class SqliteWebhookStore implements WebhookStore {
  private static final String SELECT =
      "SELECT event_number, type, stream_id, body, attempts, first_attempt_at_ms,"
          + " next_attempt_at_ms, problem, given_up_at_ms FROM deliveries d ";

  /** Waits, and nothing of its stream waits before it. */
  private static final String IS_NEXT =
      "d.webhook_id = ?1 AND d.given_up_at_ms IS NULL AND NOT EXISTS (SELECT 1 FROM deliveries e"
          + " WHERE e.webhook_id = d.webhook_id AND e.stream_id = d.stream_id"
          + " AND e.given_up_at_ms IS NULL AND e.event_number < d.event_number) ";

  private final SqliteDatabase database;

  public SqliteWebhookStore(SqliteDatabase database) {
    this.database = database;
  }

  @Override
  public List<Webhook> loadAll() throws WebhookException {
    return call(
        connection -> {
          List<Webhook> webhooks = new ArrayList<>();
          try (PreparedStatement select =
                  connection.prepareStatement(
                      "SELECT id, url, secret, types, created_at_ms FROM webhooks"
                          + " ORDER BY created_at_ms, id");
              ResultSet row = select.executeQuery()) {
            while (row.next()) {
              webhooks.add(
                  new Webhook(
                      row.getString(1),
                      URI.create(row.getString(2)),
                      new WebhookSecret(row.getString(3)),
                      types(row.getString(4)),
                      Instant.ofEpochMilli(row.getLong(5))));
            }
          }
          return List.copyOf(webhooks);
        });
  }

  private static Set<String> types(String column) {
    return column.isEmpty() ? Set.of() : Set.of(column.split(",", -1));
  }

  @Override
  public void add(Webhook webhook, long cursor) throws WebhookException {
    call(
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO webhooks (id, url, secret, types, created_at_ms, cursor)"
                      + " VALUES (?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, webhook.id());
            insert.setString(2, webhook.url().toString());
            insert.setString(3, webhook.secret().text());
            insert.setString(4, String.join(",", new TreeSet<>(webhook.types())));
            insert.setLong(5, webhook.createdAt().toEpochMilli());
            insert.setLong(6, cursor);
            return insert.executeUpdate();
          }
        });
  }

  @Override
  public void remove(String id) throws WebhookException {
    call(connection -> execute(connection, "DELETE FROM webhooks WHERE id = ?", id));
  }

  @Override
  public long cursor(String id) throws WebhookException {
    return call(
        connection ->
            number(connection, "SELECT coalesce(max(cursor), 0) FROM webhooks WHERE id = ?", id));
  }

  @Override
  public void enqueue(String id, List<Delivery> deliveries, long cursor) throws WebhookException {
    call(
        connection -> {
          int known =
              execute(connection, "UPDATE webhooks SET cursor = ?2 WHERE id = ?1", id, cursor);
          // One that was removed meanwhile gets nothing more.
          if (known == 1) {
            for (Delivery delivery : deliveries) {
              put(connection, id, delivery);
            }
          }
          return known;
        });
  }

  @CanIgnoreReturnValue
  private static int put(Connection connection, String id, Delivery delivery) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO deliveries (webhook_id, event_number, type, stream_id, body,"
                + " attempts, first_attempt_at_ms, next_attempt_at_ms, problem, given_up_at_ms)"
                + " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10"
                + " WHERE EXISTS (SELECT 1 FROM webhooks WHERE id = ?1)")) {
      insert.setString(1, id);
      insert.setLong(2, delivery.eventId());
      insert.setString(3, delivery.type());
      insert.setString(4, delivery.streamId().map(StreamId::value).orElse(""));
      insert.setString(5, delivery.body());
      insert.setInt(6, delivery.attempts());
      setTime(insert, 7, delivery.firstAttemptAt());
      insert.setLong(8, delivery.nextAttemptAt().toEpochMilli());
      insert.setString(9, delivery.problem().orElse(null));
      setTime(insert, 10, delivery.givenUpAt());
      return insert.executeUpdate();
    }
  }

  private static void setTime(PreparedStatement statement, int index, Optional<Instant> time)
      throws SQLException {
    if (time.isPresent()) {
      statement.setLong(index, time.get().toEpochMilli());
    } else {
      statement.setNull(index, Types.INTEGER);
    }
  }

  @Override
  public Optional<Delivery> nextDue(String id, Instant now) throws WebhookException {
    return call(
        connection ->
            select(
                    connection,
                    "WHERE d.next_attempt_at_ms <= ?2 AND "
                        + IS_NEXT
                        + "ORDER BY event_number LIMIT 1",
                    id,
                    now.toEpochMilli())
                .stream()
                .findFirst());
  }

  @Override
  public Optional<Instant> nextDueAt(String id) throws WebhookException {
    return call(
        connection ->
            select(connection, "WHERE " + IS_NEXT + "ORDER BY next_attempt_at_ms LIMIT 1", id)
                .stream()
                .map(Delivery::nextAttemptAt)
                .findFirst());
  }

  @Override
  public void delivered(String id, Delivery delivery) throws WebhookException {
    call(
        connection ->
            execute(
                connection,
                "DELETE FROM deliveries WHERE webhook_id = ?1 AND event_number = ?2",
                id,
                delivery.eventId()));
  }

  @Override
  public void attempted(String id, Delivery delivery, int maxFailures) throws WebhookException {
    call(
        connection -> {
          put(connection, id, delivery);
          return execute(
              connection,
              "DELETE FROM deliveries WHERE webhook_id = ?1 AND given_up_at_ms IS NOT NULL AND"
                  + " event_number NOT IN (SELECT event_number FROM deliveries WHERE webhook_id ="
                  + " ?1 AND given_up_at_ms IS NOT NULL ORDER BY event_number DESC LIMIT ?2)",
              id,
              maxFailures);
        });
  }

  @Override
  public int waiting(String id) throws WebhookException {
    return call(
        connection ->
            Math.toIntExact(
                number(
                    connection,
                    "SELECT count(*) FROM deliveries WHERE webhook_id = ? AND given_up_at_ms IS"
                        + " NULL",
                    id)));
  }

  @Override
  public List<Delivery> failures(String id, int limit) throws WebhookException {
    return call(
        connection ->
            select(
                connection,
                "WHERE webhook_id = ?1 AND given_up_at_ms IS NOT NULL ORDER BY event_number LIMIT"
                    + " ?2",
                id,
                limit));
  }

  @Override
  public int replay(String id, Instant now) throws WebhookException {
    return call(
        connection ->
            execute(
                connection,
                "UPDATE deliveries SET given_up_at_ms = NULL, first_attempt_at_ms = NULL,"
                    + " attempts = 0, next_attempt_at_ms = ?2"
                    + " WHERE webhook_id = ?1 AND given_up_at_ms IS NOT NULL",
                id,
                now.toEpochMilli()));
  }

  private static List<Delivery> select(
      Connection connection, String condition, String id, long... numbers) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SELECT + condition)) {
      set(select, id, numbers);
      List<Delivery> deliveries = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          deliveries.add(read(row));
        }
      }
      return List.copyOf(deliveries);
    }
  }

  private static Delivery read(ResultSet row) throws SQLException {
    return new Delivery(
        row.getLong(1),
        row.getString(2),
        SqliteOutbox.streamOf(row.getString(3)),
        row.getString(4),
        row.getInt(5),
        time(row, 6),
        Instant.ofEpochMilli(row.getLong(7)),
        Optional.ofNullable(row.getString(8)),
        time(row, 9));
  }

  private static Optional<Instant> time(ResultSet row, int column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  @CanIgnoreReturnValue
  private static int execute(Connection connection, String sql, String id, long... numbers)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      set(statement, id, numbers);
      return statement.executeUpdate();
    }
  }

  private static long number(Connection connection, String sql, String id) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      set(select, id);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static void set(PreparedStatement statement, String id, long... numbers)
      throws SQLException {
    statement.setString(1, id);
    for (int i = 0; i < numbers.length; i++) {
      statement.setLong(i + 2, numbers[i]);
    }
  }

  @CanIgnoreReturnValue
  private <T> T call(SqliteDatabase.Work<T> work) throws WebhookException {
    try {
      return database.inTransaction(work);
    } catch (StateException e) {
      throw WebhookException.storeFailed(String.valueOf(e.getMessage()), e);
    }
  }
}
