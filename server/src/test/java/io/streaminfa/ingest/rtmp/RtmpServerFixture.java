package io.streaminfa.ingest.rtmp;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.streaminfa.ingest.IngestSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A server on a free port with small limits, a handler that records, and its counters. */
final class RtmpServerFixture implements AutoCloseable {
  static final RtmpTimeouts TIMEOUTS =
      new RtmpTimeouts(
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1));

  static final int MAX_PENDING = 10;
  static final int MAX_PUBLISHING = 3;

  final RecordingPublishHandler handler = new RecordingPublishHandler();
  final PrometheusRegistry registry = new PrometheusRegistry();
  final RtmpServer server;

  RtmpServerFixture() throws IOException {
    this(20_000, Duration.ofSeconds(30), TIMEOUTS);
  }

  RtmpServerFixture(int maxBitrateKbps, Duration idleTimeout, RtmpTimeouts timeouts)
      throws IOException {
    IngestSettings settings =
        new IngestSettings(
            maxBitrateKbps,
            1,
            List.of("h264"),
            List.of("aac", "mp3"),
            Duration.ofHours(1),
            4096,
            Duration.ofSeconds(60),
            MAX_PUBLISHING,
            5,
            1,
            MAX_PENDING,
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            idleTimeout);
    server =
        new RtmpServer("127.0.0.1", 0, settings, handler, RtmpMetrics.register(registry), timeouts);
    server.start();
  }

  RtmpTestClient client() throws IOException {
    return new RtmpTestClient(server.port());
  }

  /** The next accepted publisher. */
  RecordingPublishHandler.Session session() throws InterruptedException {
    RecordingPublishHandler.Session session = handler.sessions.poll(10, SECONDS);
    if (session == null) {
      throw new AssertionError("nobody published");
    }
    return session;
  }

  double errors(String errorType) {
    return counter(
        "streaminfa_ingest_errors", Labels.of("protocol", "rtmp", "error_type", errorType));
  }

  double connections() {
    return counter("streaminfa_ingest_connections", Labels.of("protocol", "rtmp"));
  }

  double bytes() {
    return counter("streaminfa_ingest_bytes", Labels.of("protocol", "rtmp"));
  }

  private double counter(String name, Labels labels) {
    return registry.scrape(name::equals).stream()
        .map(CounterSnapshot.class::cast)
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .filter(point -> point.getLabels().equals(labels))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  @Override
  public void close() {
    server.close();
  }
}
