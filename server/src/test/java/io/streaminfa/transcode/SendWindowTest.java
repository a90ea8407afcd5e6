package io.streaminfa.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.FutureTask;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class SendWindowTest {
  private final SendWindow window = new SendWindow();

  private void fill() throws InterruptedException {
    for (int i = 0; i < SendWindow.MAX_PACKETS; i++) {
      assertThat(window.acquire(1)).isZero();
    }
  }

  private FutureTask<Long> blocked(int bytes) {
    FutureTask<Long> task = new FutureTask<>(() -> window.acquire(bytes));
    Thread thread = Thread.ofPlatform().start(task);
    Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
    return task;
  }

  @Test
  void aFullWindowBlocksUntilTheWorkerHasTakenSomething() throws Exception {
    fill();
    assertThat(window.utilization()).isEqualTo(1);
    FutureTask<Long> waiting = blocked(1);
    window.consumed(1, 1);
    assertThat(waiting.get()).isPositive();
    assertThat(window.depth()).isEqualTo(SendWindow.MAX_PACKETS);
  }

  @Test
  void bytesAreLimitedTooButOneLargePacketPasses() throws Exception {
    assertThat(window.acquire((int) SendWindow.MAX_BYTES + 1)).isZero();
    FutureTask<Long> waiting = blocked(1);
    window.consumed(1, SendWindow.MAX_BYTES + 1);
    assertThat(waiting.get()).isPositive();
  }

  @Test
  void closingReleasesWhoeverWaits() throws Exception {
    fill();
    FutureTask<Long> waiting = blocked(1);
    window.close();
    assertThat(waiting.get()).isEqualTo(-1);
    assertThat(window.acquire(1)).isEqualTo(-1);
  }
}
