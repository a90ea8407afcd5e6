package io.streaminfa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class RestartBudgetTest {
  private final AtomicLong nanos = new AtomicLong();
  private final RestartBudget budget = new RestartBudget(nanos::get);

  @Test
  void theThirdFailureWithinAMinuteIsTheLast() {
    assertThat(budget.allowsAfterFailure()).isTrue();
    advance(Duration.ofSeconds(20));
    assertThat(budget.allowsAfterFailure()).isTrue();
    advance(Duration.ofSeconds(20));
    assertThat(budget.allowsAfterFailure()).isFalse();
  }

  @Test
  void failuresThatAreFarApartAreForgotten() {
    for (int i = 0; i < 10; i++) {
      assertThat(budget.allowsAfterFailure()).isTrue();
      advance(Duration.ofSeconds(31));
    }
  }

  private void advance(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }
}
