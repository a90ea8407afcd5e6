package io.streaminfa.app;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.control.ControlApi;
import io.streaminfa.control.EventClientMetrics;
import io.streaminfa.events.EventFeed;
import io.streaminfa.events.OutboxException;
import io.streaminfa.state.SqliteDatabase;
import io.streaminfa.state.SqliteOutbox;
import io.streaminfa.state.SqliteWebhookStore;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.webhooks.WebhookException;
import io.streaminfa.webhooks.WebhookMetrics;
import io.streaminfa.webhooks.WebhookSettings;
import io.streaminfa.webhooks.Webhooks;
import java.io.IOException;
import java.time.Clock;

/** What tells the outside of events, put together: the outbox, who listens, who is told. */
final class EventPlane implements AutoCloseable {
  private final SqliteOutbox outbox;
  private final EventFeed feed;
  private final Webhooks webhooks;
  private final EventClientMetrics clients;

  /**
   * @throws IOException when the webhooks cannot be read
   */
  EventPlane(
      WebhookSettings settings,
      SqliteDatabase state,
      StreamRegistry streams,
      PrometheusRegistry prometheus,
      Clock clock)
      throws IOException {
    outbox = new SqliteOutbox(state);
    feed = new EventFeed(outbox);
    clients = new EventClientMetrics(prometheus);
    try {
      webhooks =
          Webhooks.open(
              settings,
              new SqliteWebhookStore(state),
              outbox,
              feed,
              new WebhookMetrics(prometheus),
              clock);
    } catch (WebhookException e) {
      throw new IOException(e.getMessage(), e);
    }
    streams.addListener((_, _, _) -> feed.wake());
  }

  ControlApi.EventAccess access() {
    return new ControlApi.EventAccess(outbox, feed, webhooks, clients);
  }

  /**
   * @throws IOException when the outbox cannot be read
   */
  void start() throws IOException {
    try {
      feed.start();
    } catch (OutboxException e) {
      throw new IOException(e.getMessage(), e);
    }
    webhooks.start();
  }

  /** Ends the answers of those who listen; what is not delivered is after the next start. */
  @Override
  public void close() {
    feed.close();
    webhooks.close();
  }
}
