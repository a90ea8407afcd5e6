package io.streaminfa.webhooks;

import io.streaminfa.events.EventFeed;
import io.streaminfa.events.Outbox;
import io.streaminfa.events.OutboxException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings events to one receiver, one at a time. First they move from the outbox into the receiver's
 * own queue, together with its cursor; from there they are sent, and leave it when they are taken.
 * So an event may arrive twice, after a crash, and is never lost.
 *
 * <p>In the queue each stream waits for itself: one event that a receiver does not take holds back
 * its own stream only.
 */
final class WebhookWorker {
  /** What may wait for one receiver; beyond it events stay in the outbox. */
  static final int MAX_WAITING = 2_000;

  /** What is kept of that which was given up. */
  static final int MAX_FAILURES = 1_000;

  /** Looks again after so long, if nothing has happened before. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /** After the store could not be read. */
  private static final Duration STORE_RETRY = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(WebhookWorker.class);

  private final Webhook webhook;
  private final Tools tools;
  private final Semaphore nudges = new Semaphore(0);
  private final Thread thread;
  private int failuresInRow;

  /**
   * What all workers share.
   *
   * @param attempts the permits for attempts at once
   */
  record Tools(
      WebhookStore store,
      EventFeed feed,
      WebhookSender sender,
      RetryPolicy policy,
      Semaphore attempts,
      WebhookMetrics metrics,
      Clock clock) {}

  WebhookWorker(Webhook webhook, Tools tools) {
    this.webhook = webhook;
    this.tools = tools;
    // A platform thread: to resolve a name may keep a virtual one's carrier for many seconds.
    thread = Thread.ofPlatform().daemon().name("webhook-" + webhook.id()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** There may be something to do. Returns at once. */
  void nudge() {
    if (nudges.availablePermits() == 0) {
      nudges.release();
    }
  }

  /** An attempt that runs is cut off by its deadline at the latest. */
  void stop() {
    thread.interrupt();
  }

  /**
   * @return whether it has ended
   */
  boolean join(Duration most) throws InterruptedException {
    return thread.getState() == Thread.State.NEW || thread.join(most);
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        step();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void step() throws InterruptedException {
    try {
      fetch();
      Optional<Delivery> due = tools.store.nextDue(webhook.id(), tools.clock.instant());
      if (due.isPresent()) {
        attempt(due.get());
      } else {
        await(untilNextDue());
      }
    } catch (WebhookException | OutboxException e) {
      log.warn("webhook_waits webhook_id={} reason={}", webhook.id(), e.getMessage());
      TimeUnit.NANOSECONDS.sleep(STORE_RETRY.toNanos());
    }
  }

  private void fetch() throws WebhookException, OutboxException {
    if (tools.store.waiting(webhook.id()) >= MAX_WAITING) {
      return;
    }
    long cursor = tools.store.cursor(webhook.id());
    Instant now = tools.clock.instant();
    Outbox.Batch news = tools.feed.read(cursor, Optional.empty()).toldAfter(cursor, now);
    if (news.through() != cursor) {
      List<Delivery> wanted =
          news.events().stream()
              .filter(event -> event.isAboutGap() || webhook.wants(event.type()))
              .map(event -> Delivery.of(event, now))
              .toList();
      tools.store.enqueue(webhook.id(), wanted, news.through());
    }
  }

  private Duration untilNextDue() throws WebhookException {
    Instant now = tools.clock.instant();
    return tools
        .store
        .nextDueAt(webhook.id())
        .map(at -> Duration.between(now, at))
        .filter(wait -> wait.compareTo(LONGEST_WAIT) < 0)
        .orElse(LONGEST_WAIT);
  }

  private void await(Duration most) throws InterruptedException {
    if (nudges.tryAcquire(Math.max(1, most.toMillis()), TimeUnit.MILLISECONDS)) {
      nudges.drainPermits();
    }
  }

  private void attempt(Delivery delivery) throws WebhookException, InterruptedException {
    byte[] body = delivery.body().getBytes(StandardCharsets.UTF_8);
    tools.attempts.acquire();
    long start = System.nanoTime();
    Optional<String> problem;
    try {
      problem = tools.sender.send(webhook, body, tools.clock.instant());
    } finally {
      tools.attempts.release();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    if (problem.isEmpty()) {
      tools.store.delivered(webhook.id(), delivery);
      tools.metrics.attempted(WebhookMetrics.Result.DELIVERED, took);
      failuresInRow = 0;
    } else if (Thread.currentThread().isInterrupted()) {
      // Cut off by the end of the server, which is no failure of the receiver's.
      throw new InterruptedException();
    } else {
      failed(delivery, problem.get(), took);
    }
  }

  private void failed(Delivery delivery, String problem, Duration took)
      throws WebhookException, InterruptedException {
    Delivery after = delivery.failed(problem, tools.clock.instant(), tools.policy);
    tools.store.attempted(webhook.id(), after, MAX_FAILURES);
    boolean isGivenUp = after.givenUpAt().isPresent();
    tools.metrics.attempted(
        isGivenUp ? WebhookMetrics.Result.GIVEN_UP : WebhookMetrics.Result.FAILED, took);
    log.atLevel(isGivenUp ? org.slf4j.event.Level.WARN : org.slf4j.event.Level.DEBUG)
        .log(
            "{} webhook_id={} event_id={} attempts={} reason={}",
            isGivenUp ? "webhook_given_up" : "webhook_failed",
            webhook.id(),
            after.eventId(),
            after.attempts(),
            problem);
    failuresInRow++;
    // A receiver that is down is not asked once for each stream.
    TimeUnit.NANOSECONDS.sleep(tools.policy.pause(failuresInRow).toNanos());
  }
}
