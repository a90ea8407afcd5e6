package io.streaminfa.transcode.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.Sample;
import io.streaminfa.transcode.WorkerChannel;
import io.streaminfa.transcode.WorkerMessage;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchingOutletTest {
  @TempDir Path directory;
  private WorkerChannel worker;
  private WorkerChannel server;

  @BeforeEach
  void connect() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(address);
      worker = new WorkerChannel(SocketChannel.open(address));
      server = new WorkerChannel(listener.accept());
    }
  }

  @AfterEach
  void close() throws Exception {
    worker.close();
    server.close();
  }

  private static WorkerMessage.Encoded encoded(int number, int bytes) {
    return new WorkerMessage.Encoded(
        new Sample(1, number, number, true, ByteBuffer.allocate(bytes)));
  }

  @Test
  void samplesOfEverySizeAndOtherMessagesArriveInOrder() throws Exception {
    int[] sizes = {10, 20, 30_000, 40_000, 0, 100_000, 7, 65_536, 65_537, 1};
    FutureTask<Void> sending =
        new FutureTask<>(
            () -> {
              BatchingOutlet outlet = new BatchingOutlet(worker);
              for (int i = 0; i < sizes.length; i++) {
                outlet.send(encoded(i, sizes[i]));
              }
              outlet.send(new WorkerMessage.Ended());
              return null;
            });
    Thread.ofVirtual().start(sending);

    List<Integer> arrived = new ArrayList<>();
    while (server.receive() instanceof WorkerMessage.Encoded(Sample sample)) {
      assertThat(sample.ptsTicks()).isEqualTo(arrived.size());
      arrived.add(sample.sizeBytes());
    }

    sending.get();
    assertThat(arrived).containsExactly(10, 20, 30_000, 40_000, 0, 100_000, 7, 65_536, 65_537, 1);
  }

  @Test
  void aSampleThatNothingFollowsArrives() throws Exception {
    BatchingOutlet outlet = new BatchingOutlet(worker);
    outlet.send(encoded(0, 1));
    outlet.send(encoded(1, 1));
    outlet.send(encoded(2, 1));

    for (int i = 0; i < 3; i++) {
      assertThat(server.receive()).isEqualTo(encoded(i, 1));
    }
  }

  @Test
  void whoSendsHearsThatTheServerIsGone() throws Exception {
    BatchingOutlet outlet = new BatchingOutlet(worker);
    server.close();

    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> outlet.send(encoded(0, 1)))
                    .isInstanceOf(IOException.class));
  }
}
