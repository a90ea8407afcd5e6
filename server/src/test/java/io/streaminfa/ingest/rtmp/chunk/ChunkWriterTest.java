package io.streaminfa.ingest.rtmp.chunk;

import static io.streaminfa.ingest.rtmp.Bytes.buffer;
import static io.streaminfa.ingest.rtmp.Bytes.plain;
import static io.streaminfa.ingest.rtmp.Bytes.toHex;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ChunkWriterTest {
  record Row(String name, RawMessage message, String hex) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Row> rows() {
    return Stream.of(
        new Row("one chunk", message(3, 100, 2), "03 000064 000002 14 01000000 abab"),
        new Row("empty", message(3, 0, 0), "03 000000 000000 14 01000000"),
        new Row(
            "two chunks",
            message(4, 1, 129),
            "04 000001 000081 14 01000000" + "ab".repeat(128) + "c4 ab"),
        new Row(
            "exactly one chunk",
            message(4, 1, 128),
            "04 000001 000080 14 01000000" + "ab".repeat(128)),
        new Row(
            "extended timestamp",
            message(4, 0xffff_ffffL, 129),
            "04 ffffff 000081 14 01000000 ffffffff" + "ab".repeat(128) + "c4 ffffffff ab"),
        new Row("id of two bytes", message(319, 0, 0), "00 ff 000000 000000 14 01000000"),
        new Row("id of three bytes", message(320, 0, 0), "01 0001 000000 000000 14 01000000"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void isWritten(Row row) {
    assertThat(toHex(new ChunkWriter().write(row.message))).isEqualTo(plain(row.hex));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void isReadBackAsItWas(Row row) throws Exception {
    ByteBuffer bytes = new ChunkWriter().write(row.message);
    ChunkReader reader =
        new ChunkReader(
            new ChunkInput(
                new ByteArrayInputStream(bytes.array(), bytes.arrayOffset(), bytes.remaining())),
            1000);
    assertThat(reader.read()).isEqualTo(row.message);
    assertThat(reader.read()).isNull();
  }

  @Test
  void usesTheChunkSize() {
    ChunkWriter writer = new ChunkWriter();
    writer.setChunkSize(1);
    assertThat(toHex(writer.write(message(4, 0, 3))))
        .isEqualTo(plain("04 000000 000003 14 01000000 ab c4 ab c4 ab"));
  }

  private static RawMessage message(int chunkStreamId, long timestampMs, int length) {
    return new RawMessage(chunkStreamId, 20, 1, timestampMs, buffer("ab".repeat(length)));
  }
}
