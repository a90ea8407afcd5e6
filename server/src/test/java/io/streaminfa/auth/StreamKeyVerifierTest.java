package io.streaminfa.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.streaminfa.auth.StreamKeyVerifier.Decision;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.MemoryStreamStore;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.StreamDefaults;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamRegistry;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamKeyVerifierTest {
  private static final InetAddress ADDRESS = InetAddress.ofLiteral("192.0.2.1");

  private final PrometheusRegistry prometheus = new PrometheusRegistry();
  private final AuthMetrics metrics = new AuthMetrics(prometheus);
  private final AttemptLimiter limiter =
      new AttemptLimiter(AttemptLimiterTest.SETTINGS, System::nanoTime);
  private StreamRegistry streams;
  private StreamKeyVerifier verifier;

  @BeforeEach
  void open() throws StreamException {
    streams =
        StreamRegistry.open(
            new MemoryStreamStore(), Clock.systemUTC(), new StreamDefaults(true, Set.of()));
    verifier = new StreamKeyVerifier(streams, limiter, metrics);
  }

  @Test
  void aRightKeyIsAcceptedEvenFromABlockedAddress() throws StreamException {
    NewStream.Made made = make();
    for (int i = 0; i < 5; i++) {
      assertThat(verifier.verify(ADDRESS, "sk_guess" + i)).isEqualTo(new Decision.UnknownKey());
    }
    assertThat(verifier.verify(ADDRESS, "sk_guess")).isInstanceOf(Decision.Blocked.class);
    assertThat(verifier.verify(ADDRESS, made.key().orElseThrow().secret()))
        .isEqualTo(new Decision.Accepted(made.stream()));
    assertThat(failures())
        .containsEntry("key_unknown", 5.0)
        .containsEntry("blocked", 1.0)
        .containsEntry("token_wrong", 0.0);
  }

  @Test
  void theKeyOfAnEndedStreamIsNoAttempt() throws StreamException {
    NewStream.Made made = make();
    streams.fail(made.stream().id(), "worker_crashed", "");
    for (int i = 0; i < 20; i++) {
      assertThat(verifier.verify(ADDRESS, made.key().orElseThrow().secret()))
          .isEqualTo(new Decision.StreamEnded());
    }
    assertThat(verifier.verify(ADDRESS, "sk_guess")).isEqualTo(new Decision.UnknownKey());
  }

  @Test
  void keysAndTokensOfOneAddressAreCountedTogether(@TempDir Path dataDir) throws Exception {
    AdminAuthenticator admins =
        AdminAuthenticator.open(AttemptLimiterTest.SETTINGS, dataDir, limiter, metrics);
    for (int i = 0; i < 3; i++) {
      verifier.verify(ADDRESS, "sk_guess");
      admins.authenticate(ADDRESS, Optional.of("Bearer guess"));
    }
    assertThat(verifier.verify(ADDRESS, "sk_guess")).isInstanceOf(Decision.Blocked.class);
    assertThat(admins.authenticate(ADDRESS, Optional.of("Bearer guess")))
        .isInstanceOf(AdminAuthenticator.Decision.Blocked.class);
  }

  private NewStream.Made make() throws StreamException {
    return streams.create(new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty()));
  }

  private Map<String, Double> failures() {
    Map<String, Double> byKind = new TreeMap<>();
    CounterSnapshot snapshot = (CounterSnapshot) prometheus.scrape().get(0);
    snapshot
        .getDataPoints()
        .forEach(point -> byKind.put(point.getLabels().get("kind"), point.getValue()));
    return byKind;
  }
}
