package io.streaminfa.ingest.rtmp;

import static io.streaminfa.ingest.rtmp.Bytes.plain;
import static io.streaminfa.ingest.rtmp.Bytes.toHex;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class AcknowledgementsTest {
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final RtmpOutput out = new RtmpOutput(sent);

  @Test
  void comeOnceForEachWindow() throws IOException {
    Acknowledgements acknowledgements = new Acknowledgements(out, () -> true, 0);
    acknowledgements.setWindow(10_000);
    acknowledgements.received(9_999);
    assertThat(sent.size()).isZero();
    acknowledgements.received(1);
    acknowledgements.received(9_999);
    assertSent("02 000000 000004 03 00000000 00002710");
  }

  @Test
  void nothingIsSaidWhileMoreWaitsToBeRead() throws IOException {
    AtomicBoolean drained = new AtomicBoolean();
    Acknowledgements acknowledgements = new Acknowledgements(out, drained::get, 0);
    acknowledgements.setWindow(10_000);
    acknowledgements.received(10_000);
    acknowledgements.received(20_000);
    assertThat(sent.size()).isZero();
    drained.set(true);
    acknowledgements.received(1);
    assertSent("02 000000 000004 03 00000000 00007531");
  }

  @Test
  void aWindowThatIsFullWhenItIsSetIsAcknowledged() throws IOException {
    Acknowledgements acknowledgements = new Acknowledgements(out, () -> true, 0);
    acknowledgements.received(10_000);
    acknowledgements.setWindow(10_000);
    assertSent("02 000000 000004 03 00000000 00002710");
  }

  @Test
  void goOnAcrossTheWrapOfTheCounter() throws IOException {
    Acknowledgements acknowledgements = new Acknowledgements(out, () -> true, 0xffff_ff00L);
    acknowledgements.setWindow(5_000);
    acknowledgements.received(5_000);
    assertSent("02 000000 000004 03 00000000 00001288");
  }

  @Test
  void aTinyWindowDoesNotMakeAnAnswerOfEachByte() throws IOException {
    Acknowledgements acknowledgements = new Acknowledgements(out, () -> true, 0);
    acknowledgements.setWindow(0);
    for (int i = 0; i < 8192; i++) {
      acknowledgements.received(1);
    }
    assertThat(sent.size()).isEqualTo(2 * 16);
  }

  private void assertSent(String digits) {
    assertThat(toHex(ByteBuffer.wrap(sent.toByteArray()))).isEqualTo(plain(digits));
  }
}
