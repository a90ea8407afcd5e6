package io.streaminfa.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.streaminfa.ingest.rtmp.chunk.ChunkInput;
import io.streaminfa.media.MediaFormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HandshakeTest {
  private static final int LENGTH = 1 + 2 * Handshake.PACKET_BYTES;

  @Test
  void s2EchoesC1AndS1IsRandom() throws Exception {
    byte[] client = client(3);
    byte[] first = shake(new ByteArrayInputStream(client));
    byte[] second = shake(new ByteArrayInputStream(client));

    assertThat(first).hasSize(LENGTH).startsWith(3, 0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(Arrays.copyOfRange(first, 1 + Handshake.PACKET_BYTES, LENGTH))
        .isEqualTo(Arrays.copyOfRange(client, 1, 1 + Handshake.PACKET_BYTES));
    assertThat(Arrays.copyOf(first, LENGTH / 2)).isNotEqualTo(Arrays.copyOf(second, LENGTH / 2));
  }

  @Test
  void mayArriveInAnyPortions() throws Exception {
    assertThat(shake(HostileInput.drip(client(3)))).hasSize(LENGTH);
    for (int at = 1; at < LENGTH; at += 97) {
      assertThat(shake(HostileInput.splitAt(client(3), at))).hasSize(LENGTH);
    }
  }

  @Test
  void leavesWhatFollowsUnread() throws Exception {
    byte[] more = Arrays.copyOf(client(3), LENGTH + 1);
    ByteBuffer.wrap(more).put(LENGTH, (byte) 0x42);
    ChunkInput in = new ChunkInput(new ByteArrayInputStream(more));
    Handshake.accept(in, new ByteArrayOutputStream(), new SecureRandom());
    assertThat(in.readU8()).isEqualTo(0x42);
  }

  @Test
  void anAllZeroC1IsTolerated() throws Exception {
    byte[] zeros = new byte[LENGTH];
    ByteBuffer.wrap(zeros).put((byte) 3);
    assertThat(shake(new ByteArrayInputStream(zeros))).hasSize(LENGTH);
  }

  @Test
  void theDigestFormIsAnsweredInThePlainOne() throws Exception {
    byte[] digest = client(3);
    // A C1 with a digest carries the player's version where a plain one has zeros.
    ByteBuffer.wrap(digest).putInt(5, 0x80000702);
    byte[] answer = shake(new ByteArrayInputStream(digest));
    assertThat(ByteBuffer.wrap(answer).getInt(5)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 4, 6, 22, 71, 255})
  void anotherVersionIsRefused(int version) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    MediaFormatException refusal =
        catchThrowableOfType(
            MediaFormatException.class,
            () ->
                Handshake.accept(
                    new ChunkInput(new ByteArrayInputStream(client(version))),
                    out,
                    new SecureRandom()));
    assertThat(refusal).isNotNull();
    assertThat(refusal.defectCode()).isEqualTo("rtmp_version_unsupported");
    assertThat(out.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1536, 1537, 3072})
  void anEarlyEndIsNoticed(int length) {
    assertThatExceptionOfType(EOFException.class)
        .isThrownBy(() -> shake(new ByteArrayInputStream(Arrays.copyOf(client(3), length))));
  }

  private static byte[] shake(InputStream in) throws IOException, MediaFormatException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Handshake.accept(new ChunkInput(in), out, new SecureRandom());
    return out.toByteArray();
  }

  private static byte[] client(int version) {
    byte[] bytes = new byte[LENGTH];
    new Random(1).nextBytes(bytes);
    ByteBuffer.wrap(bytes).put((byte) version).putInt(0x1234).putInt(0);
    return bytes;
  }
}
