package io.streaminfa.transcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.media.bytes.ByteWriter;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import io.streaminfa.units.Timescale;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WorkerMessageTest {
  private static ByteBuffer bytes(int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length);
    for (int value : values) {
      buffer.put((byte) value);
    }
    return buffer.flip();
  }

  private static final Track VIDEO =
      new Track(1, Timescale.VIDEO, new CodecConfig.Avc(bytes(1, 77, 0, 30)));
  private static final Track AUDIO =
      new Track(2, new Timescale(44_100), new CodecConfig.Aac(bytes(0x12, 0x10)));
  private static final Track MP3 = new Track(3, Timescale.MILLISECONDS, new CodecConfig.Mp3());

  /** Messages, and their bytes where they are few. */
  static Stream<Arguments> table() {
    return Stream.of(
        Arguments.of(new WorkerMessage.Configure(TestLadder.SETTINGS, true, 4, 1L << 40), ""),
        Arguments.of(new WorkerMessage.Tracks(List.of()), "0200"),
        Arguments.of(
            new WorkerMessage.Tracks(List.of(MP3)), "0201" + "00000003" + "000003e8" + "03"),
        Arguments.of(
            new WorkerMessage.Tracks(List.of(VIDEO, AUDIO)),
            "0202" + "0000000100015f900100" + "04014d001e" + "000000020000ac44020002" + "1210"),
        Arguments.of(
            new WorkerMessage.Packet(new Sample(1, -2, 5, true, bytes(9, 8))),
            "03" + "00000001" + "fffffffffffffffe" + "0000000000000005" + "01" + "0908"),
        Arguments.of(new WorkerMessage.End(), "04"),
        Arguments.of(
            new WorkerMessage.Demonstrate(new Resolution(16, 9), new FrameRate(30, 1)),
            "05" + "00000010" + "00000009" + "0000001e" + "00000001"),
        Arguments.of(new WorkerMessage.Ready("8.0"), "10" + "0003" + "382e30"),
        Arguments.of(
            new WorkerMessage.Planned(
                new SourceInfo(
                    "h264",
                    new Resolution(720, 576),
                    new Resolution(768, 576),
                    new FrameRate(25, 1),
                    "yuv420p",
                    "aac",
                    44_100,
                    2),
                List.of(
                    new Rendition.Video(
                        "low",
                        VIDEO,
                        Bitrate.ofKbps(1000),
                        Bitrate.ofKbps(1300),
                        new Resolution(640, 480),
                        new FrameRate(25, 1),
                        "audio_96k"),
                    new Rendition.Audio("audio_96k", AUDIO, Bitrate.ofKbps(96), 44_100, 2))),
            ""),
        Arguments.of(
            new WorkerMessage.Encoded(new Sample(7, 0, 0, false, bytes())),
            "12" + "00000007" + "0000000000000000" + "0000000000000000" + "00"),
        Arguments.of(new WorkerMessage.Progress(1, 2, 3, 4, 5), "13" + counts(1, 2, 3, 4, 5)),
        Arguments.of(new WorkerMessage.Diagnostic(""), "14" + "0000"),
        Arguments.of(
            new WorkerMessage.Failed(new TranscodeFailure("a", "b", true)),
            "15" + "000161" + "000162" + "01"),
        Arguments.of(new WorkerMessage.Ended(), "16"));
  }

  /** The messages about files. */
  static Stream<Arguments> files() {
    return Stream.of(
        Arguments.of(
            new WorkerMessage.Probe("/a", VodPlanTest.LIMITS),
            "06"
                + "00022f61"
                + "01"
                + "000468323634"
                + "01"
                + "0003616163"
                + "0000000000000bb8"
                + "00001000"),
        Arguments.of(
            new WorkerMessage.EncodeChunk("/a", VodPlanTest.PLAN, 180_000, Long.MAX_VALUE, 1), ""),
        Arguments.of(new WorkerMessage.EncodeAudio("/a", VodPlanTest.PLAN, 540_000), ""),
        Arguments.of(new WorkerMessage.Probed(VodPlanTest.PROBE), ""),
        Arguments.of(new WorkerMessage.Opened(List.of()), "1800"),
        Arguments.of(new WorkerMessage.Covered(new EncodedRange(1, 2, 3)), "19" + counts(1, 2, 3)));
  }

  private static String counts(long... counts) {
    StringBuilder hex = new StringBuilder();
    Arrays.stream(counts).forEach(count -> hex.append(String.format("%016x", count)));
    return hex.toString();
  }

  private static byte[] written(WorkerMessage message) {
    ByteWriter out = new ByteWriter(16);
    message.write(out);
    return out.raw(message.payload()).toByteArray();
  }

  @ParameterizedTest
  @MethodSource({"table", "files"})
  void isReadAsItWasWritten(WorkerMessage message, String hex) throws Exception {
    byte[] bytes = written(message);
    if (!hex.isEmpty()) {
      assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(hex);
    }
    assertThat(WorkerMessage.read(ByteBuffer.wrap(bytes))).isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource({"table", "files"})
  void aTruncatedOneIsMalformedOrAnotherMessage(WorkerMessage message, String hex) {
    byte[] bytes = written(message);
    for (int length = 0; length < bytes.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(bytes, 0, length);
      boolean payloadOnly = length >= bytes.length - message.payload().remaining();
      if (!payloadOnly) {
        assertThatThrownBy(() -> WorkerMessage.read(cut))
            .isInstanceOfSatisfying(
                MediaFormatException.class,
                e -> assertThat(e.defectCode()).isEqualTo("worker_message_malformed"));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "00, an unknown type",
    "ff, an unknown type",
    "0400, bytes after the end",
    "0200ff, bytes after the end",
    "0201000000030000000003, a clock that stands still",
    "020100000003000003e809, an unknown codec",
    "0300000001fffffffffffffffe000000000000000502, a flag of two",
    "13ffffffffffffffff0000000000000000000000000000000000000000000000000000000000000000, a count"
        + " below zero",
    "050000000000000009000000010000000, an empty picture",
    "141001, a text that is too long"
  })
  void anImpossibleOneIsMalformed(String hex, String reason) {
    String even = hex.length() % 2 == 0 ? hex : hex + "0";
    assertThatThrownBy(() -> WorkerMessage.read(ByteBuffer.wrap(HexFormat.of().parseHex(even))))
        .as(reason)
        .isInstanceOf(MediaFormatException.Malformed.class);
  }

  @Test
  void aLongTextIsCut() throws Exception {
    WorkerMessage message = new WorkerMessage.Diagnostic("x".repeat(10_000));
    assertThat(WorkerMessage.read(ByteBuffer.wrap(written(message))))
        .isEqualTo(new WorkerMessage.Diagnostic("x".repeat(4096)));
  }
}
