package io.streaminfa.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.observability.MetricsRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SignalStopTest {
  private final MetricsRegistry metrics = new MetricsRegistry();

  @Test
  void aStopThatWasAskedForIsASuccess() {
    AtomicBoolean isClosed = new AtomicBoolean();
    int code = new SignalStop(Duration.ofSeconds(30), metrics).stop(() -> isClosed.set(true));
    assertThat(code).isZero();
    assertThat(isClosed).isTrue();
  }

  @Test
  void aServerThatDoesNotCloseIsAFailure() {
    CountDownLatch never = new CountDownLatch(1);
    // Five seconds of grace less all of them.
    int code = new SignalStop(Duration.ofSeconds(-5), metrics).stop(never::await);
    assertThat(code).isEqualTo(1);
  }
}
