package io.streaminfa.ingest.rtmp;

import static io.streaminfa.ingest.rtmp.Bytes.hex;
import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.ingest.rtmp.amf0.Amf0Reader;
import io.streaminfa.ingest.rtmp.chunk.ChunkInput;
import io.streaminfa.ingest.rtmp.chunk.ChunkReader;
import io.streaminfa.ingest.rtmp.chunk.RawMessage;
import io.streaminfa.ingest.rtmp.message.AggregateReader;
import io.streaminfa.ingest.rtmp.message.Message;
import io.streaminfa.media.MediaFormatException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever the bytes are, they give a value, a typed error or the end, and nothing else.
 *
 * <p>{@link #fuzzerTestOneInput} is the entry point for Jazzer; the tests feed it the recorded
 * encoders and hand-written values, whole and damaged at random, from a fixed seed.
 */
public final class RtmpFuzzTest {
  private static final int MUTATIONS = 100;
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  /** All layers in turn, each on the same bytes. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    ends(() -> shakeHands(bytes));
    ends(() -> readMessages(new ByteArrayInputStream(bytes)));
    ends(() -> Amf0Reader.readAll(ByteBuffer.wrap(bytes)));
    for (int type = 1; type <= Message.Type.AGGREGATE; type++) {
      RawMessage raw = new RawMessage(3, type, 1, 0, ByteBuffer.wrap(bytes));
      ends(() -> readMessage(raw));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ffmpeg.rtmp", "rtmpsink.rtmp", "rtmp2sink.rtmp"})
  void aDamagedRecordingIsReadOrRefused(String name) throws IOException {
    byte[] recording;
    try (InputStream in = RtmpFuzzTest.class.getResourceAsStream(name)) {
      assertThat(in).isNotNull();
      recording = in.readAllBytes();
    }
    int handshake = 1 + 2 * Handshake.PACKET_BYTES;
    feedDamaged(Arrays.copyOfRange(recording, handshake, handshake + 6000));
  }

  static Stream<String> values() {
    return Stream.of(
        "02 0007 636f6e6e656374 00 3ff0000000000000 03 0003 617070 02 0004 6c697665 000009",
        "08 00000002 0005 7769647468 00 4094000000000000 0001 61 0a 00000001 05 000009",
        "11 0a 0b 01 03 6b 09 05 01 06 05 6162 06 00 01 0b 408f400000000000 0000",
        "08 000002 000064 00 000000 af01 0000000d 09 000001 000074 00 000000 17 0000000c",
        "03 000064 000004 01 00000000 00000001 c3 02 000000 000004 02 00000000 00000003");
  }

  @ParameterizedTest
  @MethodSource("values")
  void aDamagedValueIsReadOrRefused(String digits) {
    feedDamaged(hex(digits));
  }

  private static void feedDamaged(byte[] original) {
    Random random = new Random(20_250_101);
    fuzzerTestOneInput(original);
    for (int i = 0; i < MUTATIONS; i++) {
      ByteBuffer damaged = ByteBuffer.wrap(original.clone());
      int count = 1 + random.nextInt(4);
      for (int j = 0; j < count; j++) {
        damaged.put(random.nextInt(original.length), (byte) interesting(random));
      }
      int length = random.nextBoolean() ? original.length : random.nextInt(original.length);
      fuzzerTestOneInput(Arrays.copyOf(damaged.array(), length));
    }
  }

  private static int interesting(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> 0xff;
      case 2 -> random.nextInt(0x12);
      default -> random.nextInt(256);
    };
  }

  private static void shakeHands(byte[] bytes) throws IOException, MediaFormatException {
    Handshake.accept(
        new ChunkInput(new ByteArrayInputStream(bytes)),
        OutputStream.nullOutputStream(),
        new SecureRandom());
  }

  private static void readMessages(InputStream in) throws IOException, MediaFormatException {
    ChunkReader reader = new ChunkReader(new ChunkInput(in), MAX_MESSAGE_BYTES);
    for (RawMessage raw = reader.read(); raw != null; raw = reader.read()) {
      switch (readMessage(raw)) {
        case Message.SetChunkSize(int bytes) -> reader.setChunkSize(bytes);
        case Message.Abort(long id) -> reader.abort((int) id);
        default -> {}
      }
    }
  }

  private static Message readMessage(RawMessage raw) throws MediaFormatException {
    Message message = Message.decode(raw);
    if (message instanceof Message.Aggregate aggregate) {
      AggregateReader parts = new AggregateReader(aggregate);
      for (RawMessage part = parts.next(); part != null; part = parts.next()) {
        readMessage(part);
      }
    }
    return message;
  }

  private static void ends(Parse parse) {
    try {
      parse.run();
    } catch (MediaFormatException refusal) {
      assertThat(refusal.defectCode()).matches("(amf|rtmp)[a-z0-9_]+");
    } catch (EOFException end) {
      // A cut-off input ends like this.
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @FunctionalInterface
  private interface Parse {
    void run() throws IOException, MediaFormatException;
  }
}
