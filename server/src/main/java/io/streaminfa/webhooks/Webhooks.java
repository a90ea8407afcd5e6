package io.streaminfa.webhooks;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.events.EventFeed;
import io.streaminfa.events.EventTypes;
import io.streaminfa.events.Outbox;
import io.streaminfa.events.OutboxException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLSocketFactory;

/** The receivers of events, and the workers that bring events to them. */
public final class Webhooks implements AutoCloseable {
  /** Receivers of one server. */
  public static final int MAX_WEBHOOKS = 32;

  /** The most that {@link #failures} gives. */
  public static final int MAX_FAILURES_SHOWN = WebhookWorker.MAX_FAILURES;

  /** Attempts at once, over all receivers. */
  static final int MAX_ATTEMPTS_AT_ONCE = 8;

  /** For the workers to end, together. */
  private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(2);

  private final WebhookSettings settings;
  private final WebhookStore store;
  private final Outbox outbox;
  private final Clock clock;
  private final WebhookSender sender;
  private final WebhookWorker.Tools tools;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  @GuardedBy("lock")
  private boolean closed;

  private record Entry(Webhook webhook, WebhookWorker worker) {}

  /** A receiver and how it is doing. */
  public record Status(Webhook webhook, int waiting) {}

  /**
   * Opens what the store has; nothing is sent before {@link #start}.
   *
   * @param feed tells when there is something in the outbox
   */
  public static Webhooks open(
      WebhookSettings settings,
      WebhookStore store,
      Outbox outbox,
      EventFeed feed,
      WebhookMetrics metrics,
      Clock clock)
      throws WebhookException {
    return open(
        settings,
        store,
        outbox,
        feed,
        metrics,
        clock,
        RetryPolicy.STANDARD,
        InetAddress::getAllByName);
  }

  static Webhooks open(
      WebhookSettings settings,
      WebhookStore store,
      Outbox outbox,
      EventFeed feed,
      WebhookMetrics metrics,
      Clock clock,
      RetryPolicy policy,
      WebhookSender.Resolver resolver)
      throws WebhookException {
    WebhookSender sender =
        new WebhookSender(
            settings.allowPrivateAddresses(),
            resolver,
            policy.deadline(),
            () -> (SSLSocketFactory) SSLSocketFactory.getDefault());
    Webhooks webhooks =
        new Webhooks(
            settings,
            outbox,
            sender,
            new WebhookWorker.Tools(
                store,
                feed,
                sender,
                policy,
                new Semaphore(MAX_ATTEMPTS_AT_ONCE, true),
                metrics,
                clock));
    for (Webhook webhook : store.loadAll()) {
      webhooks.put(webhook);
    }
    feed.addListener(webhooks::nudge);
    return webhooks;
  }

  private Webhooks(
      WebhookSettings settings, Outbox outbox, WebhookSender sender, WebhookWorker.Tools tools) {
    this.settings = settings;
    this.store = tools.store();
    this.outbox = outbox;
    this.clock = tools.clock();
    this.sender = sender;
    this.tools = tools;
  }

  @CanIgnoreReturnValue
  private WebhookWorker put(Webhook webhook) {
    lock.lock();
    try {
      WebhookWorker worker = new WebhookWorker(webhook, tools);
      entries.put(webhook.id(), new Entry(webhook, worker));
      return worker;
    } finally {
      lock.unlock();
    }
  }

  /** Sends what waits, and all that comes. */
  public void start() {
    all().forEach(entry -> entry.worker().start());
  }

  private void nudge() {
    all().forEach(entry -> entry.worker().nudge());
  }

  private List<Entry> all() {
    lock.lock();
    try {
      return List.copyOf(entries.values());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds a receiver of what happens from now on.
   *
   * @param types of events; empty: all
   */
  public Webhook create(String url, Set<String> types) throws WebhookException {
    URI parsed = WebhookUrl.parse(url, settings.allowPrivateAddresses());
    for (String type : types) {
      if (!EventTypes.isKnown(type)) {
        throw new WebhookException(
            WebhookException.Kind.INVALID,
            "unknown_event_type",
            "\"events\" has a type that there is not; there are " + EventTypes.names());
      }
    }
    Webhook webhook =
        new Webhook(
            UUID.randomUUID().toString(),
            parsed,
            WebhookSecret.create(),
            types,
            Instant.now(clock).truncatedTo(ChronoUnit.MILLIS));
    lock.lock();
    try {
      if (closed || entries.size() >= MAX_WEBHOOKS) {
        throw new WebhookException(
            WebhookException.Kind.LIMIT_REACHED,
            "too_many_webhooks",
            "the server keeps " + MAX_WEBHOOKS + " webhooks");
      }
      store.add(webhook, outbox.newest());
      put(webhook).start();
    } catch (OutboxException e) {
      throw WebhookException.storeFailed(String.valueOf(e.getMessage()), e);
    } finally {
      lock.unlock();
    }
    return webhook;
  }

  /** All, in the order of their making. */
  public List<Status> list() throws WebhookException {
    List<Status> list = new ArrayList<>();
    for (Entry entry : all()) {
      list.add(status(entry));
    }
    return list;
  }

  public Status find(String id) throws WebhookException {
    return status(entry(id));
  }

  private Status status(Entry entry) throws WebhookException {
    return new Status(entry.webhook(), store.waiting(entry.webhook().id()));
  }

  private Entry entry(String id) throws WebhookException {
    lock.lock();
    try {
      Entry entry = entries.get(id);
      if (entry == null) {
        throw WebhookException.notFound();
      }
      return entry;
    } finally {
      lock.unlock();
    }
  }

  /** Removes a receiver and all that waits for it. What is being sent may still arrive. */
  public void remove(String id) throws WebhookException {
    Entry entry = entry(id);
    store.remove(id);
    entry.worker().stop();
    lock.lock();
    try {
      entries.remove(id);
    } finally {
      lock.unlock();
    }
  }

  /**
   * What was given up, the oldest first.
   *
   * @param limit 1 to {@link #MAX_FAILURES_SHOWN}
   */
  public List<Delivery> failures(String id, int limit) throws WebhookException {
    return store.failures(entry(id).webhook().id(), limit);
  }

  /**
   * Sends all again that was given up.
   *
   * @return how many
   */
  public int replay(String id) throws WebhookException {
    Entry entry = entry(id);
    int replayed = store.replay(id, clock.instant());
    entry.worker().nudge();
    return replayed;
  }

  /** Ends the workers; what waits is sent after the next start. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    List<Entry> running = all();
    running.forEach(entry -> entry.worker().stop());
    sender.close();
    long end = System.nanoTime() + CLOSE_DEADLINE.toNanos();
    try {
      for (Entry entry : running) {
        Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
        boolean _ = entry.worker().join(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
