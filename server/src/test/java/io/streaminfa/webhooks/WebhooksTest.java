package io.streaminfa.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.events.EventFeed;
import io.streaminfa.state.SqliteDatabase;
import io.streaminfa.state.SqliteOutbox;
import io.streaminfa.state.SqliteStreamStore;
import io.streaminfa.state.SqliteWebhookStore;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.StreamDefaults;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WebhooksTest {
  /** Everything a hundred times faster than in life. */
  private static final RetryPolicy QUICK =
      new RetryPolicy(
          Duration.ofMillis(10),
          Duration.ofMillis(80),
          Duration.ofMillis(20),
          Duration.ofSeconds(30),
          Duration.ofSeconds(1));

  @TempDir private Path directory;
  private final Receiver receiver;
  private RetryPolicy policy = QUICK;
  private boolean allowPrivate = true;
  private WebhookSender.Resolver resolver = InetAddress::getAllByName;
  private PrometheusRegistry prometheus;
  private SqliteDatabase database;
  private EventFeed feed;
  private StreamRegistry streams;
  private Webhooks webhooks;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory, start() the rest.
  WebhooksTest() throws Exception {
    receiver = new Receiver();
  }

  @BeforeEach
  void start() throws Exception {
    database = SqliteDatabase.open(directory.resolve("state.db"), Optional.empty());
    SqliteOutbox outbox = new SqliteOutbox(database);
    feed = new EventFeed(outbox);
    streams =
        StreamRegistry.open(
            new SqliteStreamStore(database), Clock.systemUTC(), new StreamDefaults(true, Set.of()));
    streams.addListener((_, _, _) -> feed.wake());
    prometheus = new PrometheusRegistry();
    webhooks =
        Webhooks.open(
            new WebhookSettings(allowPrivate),
            new SqliteWebhookStore(database),
            outbox,
            feed,
            new WebhookMetrics(prometheus),
            Clock.systemUTC(),
            policy,
            host -> resolver.resolve(host));
    feed.start();
    webhooks.start();
  }

  private void stop() {
    feed.close();
    webhooks.close();
    database.close();
  }

  private void restart() throws Exception {
    stop();
    start();
  }

  @AfterEach
  void close() {
    stop();
    receiver.close();
  }

  private StreamId make() throws Exception {
    return streams.create(new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty())).stream()
        .id();
  }

  /** Makes streams, each with four events, told in turns. */
  private List<StreamId> makeLive(int count) throws Exception {
    List<StreamId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(make());
    }
    for (StreamId id : ids) {
      streams.markLive(id);
    }
    for (StreamId id : ids) {
      streams.publisherLost(id);
    }
    for (StreamId id : ids) {
      streams.delete(id);
    }
    return ids;
  }

  private void assertLives(List<StreamId> ids) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              for (StreamId id : ids) {
                assertThat(
                        receiver.taken.stream()
                            .filter(r -> r.streamId().equals(id.value()))
                            .map(Receiver.Received::type)
                            .distinct())
                    .containsExactly(
                        "stream_created", "stream_live", "stream_publisher_lost", "stream_deleted");
              }
            });
  }

  private double attempts(String result) {
    return prometheus.scrape(name -> name.equals("streaminfa_webhook_deliveries")).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .filter(point -> result.equals(point.getLabels().get("result")))
        .mapToDouble(
            point ->
                ((io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot)
                        point)
                    .getValue())
        .sum();
  }

  @Test
  void everyEventArrivesSignedAndInTheOrderOfItsStream() throws Exception {
    Webhook webhook = webhooks.create(receiver.url(), Set.of());
    assertLives(makeLive(5));
    assertThat(receiver.taken.stream().map(Receiver.Received::id).distinct()).hasSize(20);
    for (Receiver.Received received : receiver.taken) {
      String time = received.signature().replaceAll("t=([0-9]+),v1=.*", "$1");
      assertThat(received.signature())
          .isEqualTo(
              webhook
                  .secret()
                  .sign(
                      received.body().getBytes(StandardCharsets.UTF_8),
                      Instant.ofEpochSecond(Long.parseLong(time))));
      assertThat(Long.parseLong(time))
          .isBetween(Instant.now().getEpochSecond() - 60, Instant.now().getEpochSecond() + 1);
    }
    assertThat(attempts("delivered")).isGreaterThanOrEqualTo(20);
    assertThat(webhooks.find(webhook.id()).waiting()).isZero();
  }

  @Test
  void onlyTheEventsThatWereAskedForArriveAndNoneOfThePast() throws Exception {
    make();
    webhooks.create(receiver.url(), Set.of("stream_created", "stream_deleted"));
    StreamId id = makeLive(1).getFirst();
    Awaitility.await().until(() -> receiver.taken.size() == 2);
    assertThat(receiver.taken)
        .extracting(r -> r.streamId() + " " + r.type())
        .containsExactly(id + " stream_created", id + " stream_deleted");
  }

  @Test
  void aReceiverThatWasDownThenSlowThenBrokenGetsEverythingInOrder() throws Exception {
    receiver.goDown();
    webhooks.create(receiver.url(), Set.of());
    List<StreamId> ids = new ArrayList<>(makeLive(3));
    Awaitility.await().until(() -> attempts("failed") >= 3);
    receiver.beSlow(true);
    receiver.comeBack();
    Awaitility.await().until(() -> !receiver.seen.isEmpty());
    ids.addAll(makeLive(2));
    receiver.refuse(_ -> true);
    receiver.beSlow(false);
    int before = receiver.seen.size();
    Awaitility.await().until(() -> receiver.seen.size() > before + 3);
    assertThat(receiver.taken).isEmpty();
    receiver.refuse(_ -> false);
    assertLives(ids);
  }

  @Test
  void whatWaitsIsSentAfterARestart() throws Exception {
    receiver.refuse(_ -> true);
    Webhook webhook = webhooks.create(receiver.url(), Set.of());
    List<StreamId> ids = new ArrayList<>(makeLive(3));
    Awaitility.await().until(() -> receiver.seen.size() >= 2);
    stop();
    receiver.refuse(_ -> false);
    start();
    assertThat(webhooks.find(webhook.id()).webhook()).isEqualTo(webhook);
    ids.addAll(makeLive(2));
    assertLives(ids);
    Awaitility.await().until(() -> webhooks.find(webhook.id()).waiting() == 0);
  }

  @Test
  void aRestartInTheMiddleLosesNothing() throws Exception {
    webhooks.create(receiver.url(), Set.of());
    List<StreamId> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.addAll(makeLive(4));
      restart();
    }
    assertLives(ids);
  }

  @Test
  void anEventThatIsNotTakenHoldsBackItsOwnStreamOnly() throws Exception {
    webhooks.create(receiver.url(), Set.of());
    StreamId stuck = make();
    receiver.refuse(r -> r.type().equals("stream_live") && r.streamId().equals(stuck.value()));
    streams.markLive(stuck);
    streams.delete(stuck);
    assertLives(makeLive(3));
    assertThat(receiver.taken.stream().filter(r -> r.streamId().equals(stuck.value())))
        .extracting(Receiver.Received::type)
        .containsExactly("stream_created");
    receiver.refuse(_ -> false);
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(receiver.taken.stream().filter(r -> r.streamId().equals(stuck.value())))
                    .extracting(Receiver.Received::type)
                    .containsExactly("stream_created", "stream_live", "stream_deleted"));
  }

  @Test
  void whatIsGivenUpIsListedAndCanBeReplayed() throws Exception {
    stop();
    policy =
        new RetryPolicy(
            Duration.ofMillis(5),
            Duration.ofMillis(10),
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            Duration.ofSeconds(1));
    start();
    receiver.refuse(r -> r.type().equals("stream_live"));
    Webhook webhook = webhooks.create(receiver.url(), Set.of());
    StreamId id = make();
    streams.markLive(id);
    streams.delete(id);
    Awaitility.await().until(() -> !webhooks.failures(webhook.id(), 10).isEmpty());
    Delivery failure = webhooks.failures(webhook.id(), 10).getFirst();
    assertThat(failure.type()).isEqualTo("stream_live");
    assertThat(failure.problem()).contains("status_500");
    assertThat(failure.attempts()).isGreaterThan(1);
    Awaitility.await().until(() -> receiver.taken.size() == 2);
    assertThat(attempts("given_up")).isEqualTo(1);
    receiver.refuse(_ -> false);
    restart();
    assertThat(webhooks.replay(webhook.id())).isEqualTo(1);
    Awaitility.await().until(() -> receiver.taken.size() == 3);
    assertThat(receiver.taken.getLast().type()).isEqualTo("stream_live");
    assertThat(webhooks.failures(webhook.id(), 10)).isEmpty();
  }

  @Test
  void aNameThatTurnsOutToBeInsideIsNotConnectedTo() throws Exception {
    stop();
    allowPrivate = false;
    AtomicInteger asked = new AtomicInteger();
    resolver =
        _ -> {
          asked.incrementAndGet();
          return new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
        };
    start();
    webhooks.create("http://rebound.example:" + receiver.port() + "/", Set.of());
    make();
    Awaitility.await().until(() -> attempts("failed") >= 2);
    assertThat(receiver.seen).isEmpty();
    // Asked once for an attempt: what is connected to is what was looked at.
    assertThat(asked.get()).isBetween((int) attempts("failed"), (int) attempts("failed") + 1);
  }

  @Test
  void aRedirectIsAFailureAndNotFollowed() throws Exception {
    try (Receiver inside = new Receiver()) {
      receiver.redirectTo(inside.url());
      webhooks.create(receiver.url(), Set.of());
      make();
      Awaitility.await().until(() -> attempts("failed") >= 2);
      assertThat(inside.seen).isEmpty();
    }
  }

  @Test
  void whatWasRemovedGetsNothingMore() throws Exception {
    receiver.refuse(_ -> true);
    Webhook webhook = webhooks.create(receiver.url(), Set.of());
    make();
    Awaitility.await().until(() -> !receiver.seen.isEmpty());
    webhooks.remove(webhook.id());
    restart();
    assertThat(webhooks.list()).isEmpty();
    int seen = receiver.seen.size();
    webhooks.create(receiver.url(), Set.of());
    receiver.refuse(_ -> false);
    StreamId later = make();
    Awaitility.await().until(() -> !receiver.taken.isEmpty());
    assertThat(receiver.seen).hasSize(seen + 1);
    assertThat(receiver.taken.getFirst().streamId()).isEqualTo(later.value());
  }

  @Test
  void aReceiverThatDripsItsAnswerIsCutOffAtTheDeadline() throws Exception {
    try (DrippingReceiver dripping = new DrippingReceiver()) {
      webhooks.create("http://127.0.0.1:" + dripping.port() + "/", Set.of());
      make();
      Awaitility.await().until(() -> attempts("failed") >= 2);
      assertThat(dripping.connections()).isGreaterThanOrEqualTo(2);
    }
  }
}
