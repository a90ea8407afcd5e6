package io.streaminfa.ingest.rtmp.message;

import static io.streaminfa.ingest.rtmp.Bytes.buffer;
import static io.streaminfa.ingest.rtmp.Bytes.plain;
import static io.streaminfa.ingest.rtmp.Bytes.toHex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Null;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Text;
import io.streaminfa.ingest.rtmp.chunk.RawMessage;
import io.streaminfa.ingest.rtmp.message.Message.Abort;
import io.streaminfa.ingest.rtmp.message.Message.Acknowledgement;
import io.streaminfa.ingest.rtmp.message.Message.Aggregate;
import io.streaminfa.ingest.rtmp.message.Message.Audio;
import io.streaminfa.ingest.rtmp.message.Message.Command;
import io.streaminfa.ingest.rtmp.message.Message.Data;
import io.streaminfa.ingest.rtmp.message.Message.Ignored;
import io.streaminfa.ingest.rtmp.message.Message.PingRequest;
import io.streaminfa.ingest.rtmp.message.Message.PingResponse;
import io.streaminfa.ingest.rtmp.message.Message.SetChunkSize;
import io.streaminfa.ingest.rtmp.message.Message.SetPeerBandwidth;
import io.streaminfa.ingest.rtmp.message.Message.StreamBegin;
import io.streaminfa.ingest.rtmp.message.Message.Video;
import io.streaminfa.ingest.rtmp.message.Message.WindowAcknowledgementSize;
import io.streaminfa.media.MediaFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class MessageTest {
  private static final long TIMESTAMP_MS = 0xffff_fff0L;

  /** Type, payload and message; each is read and written. */
  static Stream<Arguments> bothWays() {
    return Stream.of(
        Arguments.of(1, "00001000", new SetChunkSize(4096)),
        Arguments.of(1, "7fffffff", new SetChunkSize(Integer.MAX_VALUE)),
        Arguments.of(2, "0001003f", new Abort(65_599)),
        Arguments.of(3, "ffffffff", new Acknowledgement(0xffff_ffffL)),
        Arguments.of(4, "0000 00000001", new StreamBegin(1)),
        Arguments.of(4, "0006 80000000", new PingRequest(0x8000_0000L)),
        Arguments.of(4, "0007 00000001", new PingResponse(1)),
        Arguments.of(5, "002625a0", new WindowAcknowledgementSize(2_500_000)),
        Arguments.of(6, "002625a0 02", new SetPeerBandwidth(2_500_000, SetPeerBandwidth.DYNAMIC)),
        Arguments.of(8, "af01", new Audio(TIMESTAMP_MS, buffer("af01"))),
        Arguments.of(9, "1701", new Video(TIMESTAMP_MS, buffer("1701"))),
        Arguments.of(18, "02 0001 61 05", new Data(List.of(new Text("a"), new Null()))),
        Arguments.of(
            20, "02 0001 61 00 3ff0000000000000 05", new Command("a", 1, List.of(new Null()))));
  }

  static Stream<Arguments> readOnly() {
    return Stream.of(
        Arguments.of(1, "80001000", new SetChunkSize(4096)),
        Arguments.of(4, "0003 00000001 00000bb8", new Ignored(4)),
        Arguments.of(4, "001f", new Ignored(4)),
        Arguments.of(15, "00 02 0001 61", new Data(List.of(new Text("a")))),
        Arguments.of(15, "02 0001 61", new Data(List.of(new Text("a")))),
        Arguments.of(15, "00 11 06 03 61", new Data(List.of(new Text("a")))),
        Arguments.of(17, "00 02 0001 61 00 3ff0000000000000", new Command("a", 1, List.of())),
        Arguments.of(
            17,
            "00 02 0001 61 00 3ff0000000000000 11 01",
            new Command("a", 1, List.of(new Null()))),
        Arguments.of(19, "00", new Ignored(19)),
        Arguments.of(255, "", new Ignored(255)));
  }

  @ParameterizedTest
  @MethodSource({"bothWays", "readOnly"})
  void isRead(int type, String payload, Message message) throws MediaFormatException {
    assertThat(Message.decode(raw(type, payload))).isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("bothWays")
  void isWritten(int type, String payload, Message message) {
    RawMessage raw = message.encode(3, 7);
    assertThat(raw.type()).isEqualTo(type);
    assertThat(raw.chunkStreamId()).isEqualTo(3);
    assertThat(raw.messageStreamId()).isEqualTo(7);
    assertThat(toHex(raw.payload())).isEqualTo(plain(payload));
    assertThat(raw.timestampMs())
        .isEqualTo(message instanceof Audio || message instanceof Video ? TIMESTAMP_MS : 0);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(1, "000000", "rtmp_control_truncated"),
        Arguments.of(1, "00000000", "rtmp_chunk_size_zero"),
        Arguments.of(1, "80000000", "rtmp_chunk_size_zero"),
        Arguments.of(3, "", "rtmp_control_truncated"),
        Arguments.of(4, "0006", "rtmp_control_truncated"),
        Arguments.of(6, "002625a0", "rtmp_control_truncated"),
        Arguments.of(17, "", "rtmp_command_malformed"),
        Arguments.of(20, "", "rtmp_command_malformed"),
        Arguments.of(20, "02 0001 61", "rtmp_command_malformed"),
        Arguments.of(20, "05 00 3ff0000000000000", "rtmp_command_malformed"),
        Arguments.of(20, "02 0001 61 05", "rtmp_command_malformed"),
        Arguments.of(20, "02 ffff 61", "amf0_truncated"));
  }

  @ParameterizedTest
  @MethodSource
  void refused(int type, String payload, String code) {
    MediaFormatException refusal =
        catchThrowableOfType(MediaFormatException.class, () -> Message.decode(raw(type, payload)));
    assertThat(refusal).isNotNull();
    assertThat(refusal.defectCode()).isEqualTo(code);
  }

  @Test
  void anAggregateIsSplitOnTheTimelineOfItsFirstPart() throws MediaFormatException {
    String parts =
        "08 000002 000064 01 000000 af01 0000000d"
            + "09 000001 000074 01 000000 17 0000000c"
            + "09 000000 000075 01 000000";
    assertThat(split(parts))
        .containsExactly(
            new RawMessage(4, 8, 1, TIMESTAMP_MS, buffer("af01")),
            new RawMessage(4, 9, 1, 0, buffer("17")),
            new RawMessage(4, 9, 1, 1, buffer("")));
  }

  @ParameterizedTest
  @MethodSource
  void aBrokenAggregateIsRefused(String parts, String code) {
    MediaFormatException refusal =
        catchThrowableOfType(MediaFormatException.class, () -> split(parts));
    assertThat(refusal).isNotNull();
    assertThat(refusal.defectCode()).isEqualTo(code);
  }

  static Stream<Arguments> aBrokenAggregateIsRefused() {
    return Stream.of(
        Arguments.of("08", "rtmp_aggregate_truncated"),
        Arguments.of("08 000003 000064 00 000000 af01", "rtmp_aggregate_truncated"),
        Arguments.of("16 000000 000064 00 000000 0000000b", "rtmp_aggregate_nested"));
  }

  private static List<RawMessage> split(String parts) throws MediaFormatException {
    AggregateReader reader = new AggregateReader((Aggregate) Message.decode(raw(22, parts)));
    List<RawMessage> split = new ArrayList<>();
    for (RawMessage part = reader.next(); part != null; part = reader.next()) {
      split.add(part);
    }
    return split;
  }

  private static RawMessage raw(int type, String payload) {
    return new RawMessage(4, type, 1, TIMESTAMP_MS, buffer(payload));
  }
}
