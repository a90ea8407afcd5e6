package io.streaminfa.control;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.events.EventFeed;
import io.streaminfa.state.SqliteDatabase;
import io.streaminfa.state.SqliteOutbox;
import io.streaminfa.state.SqliteStreamStore;
import io.streaminfa.state.SqliteWebhookStore;
import io.streaminfa.stream.StreamDefaults;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.webhooks.WebhookMetrics;
import io.streaminfa.webhooks.WebhookSettings;
import io.streaminfa.webhooks.Webhooks;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** The events of a server, in a database of their own, and streams that write them. */
record EventStation(
    SqliteDatabase database,
    SqliteStreamStore store,
    SqliteOutbox outbox,
    EventFeed feed,
    Webhooks webhooks,
    EventsApi.Limits limits)
    implements AutoCloseable {

  static EventStation open(Path directory) throws Exception {
    return open(directory, new EventsApi.Limits(2, Duration.ofMillis(100), Duration.ofMillis(500)));
  }

  static EventStation open(Path directory, EventsApi.Limits limits) throws Exception {
    SqliteDatabase database = SqliteDatabase.open(directory.resolve("events.db"), Optional.empty());
    SqliteOutbox outbox = new SqliteOutbox(database);
    EventFeed feed = new EventFeed(outbox);
    Webhooks webhooks =
        Webhooks.open(
            new WebhookSettings(false),
            new SqliteWebhookStore(database),
            outbox,
            feed,
            new WebhookMetrics(new PrometheusRegistry()),
            Clock.systemUTC());
    feed.start();
    webhooks.start();
    return new EventStation(
        database, new SqliteStreamStore(database), outbox, feed, webhooks, limits);
  }

  /** A registry whose events are these. */
  StreamRegistry openStreams() throws Exception {
    StreamRegistry streams =
        StreamRegistry.open(store, Clock.systemUTC(), new StreamDefaults(true, Set.of()));
    streams.addListener((_, _, _) -> feed.wake());
    return streams;
  }

  ControlApi.EventAccess access(PrometheusRegistry prometheus) {
    return new ControlApi.EventAccess(outbox, feed, webhooks, new EventClientMetrics(prometheus));
  }

  /** As the server does before it ends HTTP. */
  void stop() {
    feed.close();
    webhooks.close();
  }

  @Override
  public void close() {
    database.close();
  }
}
