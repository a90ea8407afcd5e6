package io.streaminfa.webhooks;

import java.net.URI;
import java.time.Instant;
import java.util.Set;

/**
 * A receiver of events.
 *
 * @param id a UUID
 * @param types of the events that it wants; empty: all
 */
public record Webhook(
    String id, URI url, WebhookSecret secret, Set<String> types, Instant createdAt) {
  public Webhook {
    types = Set.copyOf(types);
  }

  boolean wants(String type) {
    return types.isEmpty() || types.contains(type);
  }
}
