package io.streaminfa.transcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Sample;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerChannelTest {
  @TempDir Path directory;
  private SocketChannel near;
  private SocketChannel far;

  @BeforeEach
  void connect() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      near = SocketChannel.open(address);
      far = server.accept();
    }
  }

  @AfterEach
  void close() throws Exception {
    near.close();
    far.close();
  }

  private static WorkerMessage.Packet packet(int bytes) {
    byte[] data = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      data[i] = (byte) (i * 31);
    }
    return new WorkerMessage.Packet(new Sample(1, bytes, bytes, true, ByteBuffer.wrap(data)));
  }

  @Test
  void messagesOfEverySizeArriveInOrder() throws Exception {
    int[] sizes = {0, 1, 100, 65_505, 65_506, 65_507, 65_536, 3_000_000, 5};
    FutureTask<Void> sender =
        new FutureTask<>(
            () -> {
              WorkerChannel channel = new WorkerChannel(near);
              for (int size : sizes) {
                channel.send(packet(size));
              }
              channel.close();
              return null;
            });
    Thread.ofVirtual().start(sender);
    WorkerChannel channel = new WorkerChannel(far);
    for (int size : sizes) {
      assertThat(channel.receive()).isEqualTo(packet(size));
    }
    assertThat(channel.receive()).isNull();
    ((Future<Void>) sender).get();
  }

  @Test
  void aPeerThatDiesWithinAMessageIsAnEnd() throws Exception {
    near.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 100, 4}));
    near.close();
    assertThat(new WorkerChannel(far).receive()).isNull();
  }

  @Test
  void aLengthBeyondTheLimitIsRefusedBeforeItIsAllocated() throws Exception {
    near.write(ByteBuffer.wrap(new byte[] {0x7f, -1, -1, -1, 4}));
    WorkerChannel channel = new WorkerChannel(far);
    assertThatThrownBy(channel::receive).isInstanceOf(MediaFormatException.Malformed.class);
  }

  @Test
  void aMessageBeyondTheLimitIsNotSent() {
    WorkerChannel channel = new WorkerChannel(near);
    assertThatThrownBy(() -> channel.send(packet(WorkerMessage.MAX_MESSAGE_BYTES)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
