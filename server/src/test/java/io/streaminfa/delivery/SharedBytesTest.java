package io.streaminfa.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SharedBytesTest {
  private static final int SEGMENT_BYTES = 1 << 20;

  private final byte[] content = content();

  @Test
  void theFirstAnswerTakesASegmentFromTheHeap() {
    Buffer first = SharedBytes.of(ByteBuffer.wrap(content)).whole();

    assertThat(isDirect(first)).isFalse();
    assertThat(first.getBytes()).isEqualTo(content);
  }

  @Test
  void whatIsAskedForAgainIsMovedOutOfTheHeap() {
    SharedBytes bytes = SharedBytes.of(ByteBuffer.wrap(content));
    Buffer first = bytes.whole();
    Buffer second = bytes.slice(10, 20);

    await().until(() -> isDirect(bytes.whole()));

    assertThat(bytes.whole().getBytes()).isEqualTo(content);
    assertThat(first.getBytes()).isEqualTo(content);
    assertThat(second).isEqualTo(bytes.slice(10, 20));
  }

  @Test
  void whatIsSmallIsMovedAtOnceAndWhatIsDirectStaysWhereItIs() {
    ByteBuffer direct = ByteBuffer.allocateDirect(SEGMENT_BYTES).put(content).flip();

    assertThat(isDirect(SharedBytes.of(ByteBuffer.wrap(content, 0, 1000)).whole())).isTrue();
    assertThat(isDirect(SharedBytes.of(direct).whole())).isTrue();
  }

  private static boolean isDirect(Buffer buffer) {
    return ((BufferInternal) buffer).getByteBuf().isDirect();
  }

  private static byte[] content() {
    byte[] bytes = new byte[SEGMENT_BYTES];
    new Random(1).nextBytes(bytes);
    return bytes;
  }
}
