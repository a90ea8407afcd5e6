package io.streaminfa.ingest.rtmp.chunk;

import static io.streaminfa.ingest.rtmp.Bytes.hex;
import static io.streaminfa.ingest.rtmp.Bytes.plain;
import static io.streaminfa.ingest.rtmp.Bytes.toHex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.streaminfa.ingest.rtmp.HostileInput;
import io.streaminfa.media.MediaFormatException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ChunkReaderTest {
  private static final int LIMIT = 1000;

  /** Messages as {@code chunkStream/type/messageStream@timestamp:payload}. */
  record Row(String name, String hex, List<String> messages) {
    Row(String name, String hex, String... messages) {
      this(name, hex, List.of(messages));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Row> rows() {
    String body200 = "ab".repeat(200);
    String body128 = "ab".repeat(128);
    String body72 = "ab".repeat(72);
    return Stream.of(
        new Row("format 0", "03 000064 000002 14 01000000 aabb", "3/20/1@100:aabb"),
        new Row("an empty message", "03 000064 000000 14 00000000", "3/20/0@100:"),
        new Row("an id of two bytes", "00 00 000001 000001 08 00000000 aa", "64/8/0@1:aa"),
        new Row("the last id of two bytes", "00 ff 000001 000001 08 00000000 aa", "319/8/0@1:aa"),
        new Row("an id of three bytes", "01 0001 000001 000001 08 00000000 aa", "320/8/0@1:aa"),
        new Row("the last id", "01 ffff 000001 000001 08 00000000 aa", "65599/8/0@1:aa"),
        new Row(
            "formats 1, 2 and 3 after 0",
            "04 000064 000001 08 01000000 aa  44 000005 000002 09 bbbb  84 000007 cccc  c4 dddd",
            "4/8/1@100:aa",
            "4/9/1@105:bbbb",
            "4/9/1@112:cccc",
            "4/9/1@119:dddd"),
        new Row(
            "format 3 after format 0 repeats its timestamp as a delta",
            "04 000064 000001 08 01000000 aa  c4 bb",
            "4/8/1@100:aa",
            "4/8/1@200:bb"),
        new Row(
            "librtmp's ping: format 1 on a fresh chunk stream",
            "42 000000 000006 04 000600000001",
            "2/4/0@0:000600000001"),
        new Row(
            "a message of two chunks",
            "04 000001 0000c8 09 01000000" + body128 + "c4" + body72,
            "4/9/1@1:" + body200),
        new Row(
            "two interleaved messages",
            "04 000001 0000c8 09 01000000"
                + body128
                + "05 000002 000001 08 01000000 cc c4"
                + body72,
            "5/8/1@2:cc",
            "4/9/1@1:" + body200));
  }

  static Stream<Row> extendedTimestamps() {
    String body200 = "ab".repeat(200);
    String body128 = "ab".repeat(128);
    String body72 = "ab".repeat(72);
    return Stream.of(
        new Row(
            "an extended timestamp",
            "04 ffffff 000001 08 01000000 01020304 aa",
            "4/8/1@16909060:aa"),
        new Row(
            "16777215 itself is extended",
            "04 ffffff 000001 08 01000000 00ffffff aa",
            "4/8/1@16777215:aa"),
        new Row(
            "an extended delta",
            "04 000001 000001 08 01000000 aa  84 ffffff 01000000 bb",
            "4/8/1@1:aa",
            "4/8/1@16777217:bb"),
        new Row(
            "an extended timestamp repeated on format 3",
            "04 ffffff 0000c8 09 01000000 01020304" + body128 + "c4 01020304" + body72,
            "4/9/1@16909060:" + body200),
        new Row(
            "an extended timestamp left out on format 3",
            "04 ffffff 0000c8 09 01000000 01020304" + body128 + "c4" + body72,
            "4/9/1@16909060:" + body200),
        new Row(
            "an extended timestamp left out before a last chunk of one byte",
            "04 ffffff 000081 09 01000000 01020304" + body128 + "c4 ab",
            "4/9/1@16909060:" + body128 + "ab"),
        new Row(
            "format 3 repeats the absolute time where the header had a delta",
            "04 000001 000001 08 01000000 aa  44 ffffff 000081 09 01000000"
                + body128
                + "c4 01000001 ab",
            "4/8/1@1:aa",
            "4/9/1@16777217:" + body128 + "ab"),
        new Row(
            "the timeline goes on across 2^31 and wraps at 2^32",
            "04 ffffff 000001 08 01000000 7fffffff aa  84 000001 bb  84 ffffff 7fffffff cc"
                + "  84 000001 dd",
            "4/8/1@2147483647:aa",
            "4/8/1@2147483648:bb",
            "4/8/1@4294967295:cc",
            "4/8/1@0:dd"));
  }

  @ParameterizedTest
  @MethodSource({"rows", "extendedTimestamps"})
  void isReadAtOnce(Row row) throws Exception {
    assertThat(read(new ByteArrayInputStream(hex(row.hex)))).isEqualTo(row.messages);
  }

  @ParameterizedTest
  @MethodSource({"rows", "extendedTimestamps"})
  void isReadByteByByte(Row row) throws Exception {
    assertThat(read(HostileInput.drip(hex(row.hex)))).isEqualTo(row.messages);
  }

  @ParameterizedTest
  @MethodSource({"rows", "extendedTimestamps"})
  void isReadSplitAnywhere(Row row) throws Exception {
    byte[] bytes = hex(row.hex);
    for (int at = 1; at < bytes.length; at++) {
      assertThat(read(HostileInput.splitAt(bytes, at))).isEqualTo(row.messages);
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void anEndInsideAChunkIsNoticed(Row row) throws Exception {
    byte[] bytes = hex(row.hex);
    for (int end = 1; end < bytes.length; end++) {
      List<String> before = new ArrayList<>();
      try {
        read(new ByteArrayInputStream(Arrays.copyOf(bytes, end)), before);
      } catch (EOFException e) {
        // Between two chunks the end is clean, inside one it is not.
      }
      assertThat(before).isEqualTo(row.messages.subList(0, before.size()));
    }
  }

  static Stream<Row> refused() {
    return Stream.of(
        new Row("rtmp_chunk_header_without_predecessor", "84 000001 aa"),
        new Row("rtmp_chunk_header_without_predecessor", "c4 aa"),
        new Row(
            "rtmp_chunk_header_inside_message",
            "04 000001 0000c8 09 01000000" + "ab".repeat(128) + "04 000001 000001 09 01000000 aa"),
        new Row("rtmp_message_too_large", "04 000001 0003e9 09 01000000" + "ab".repeat(128)),
        new Row("rtmp_message_too_large", onManyChunkStreams(9, "0003e8", "ab".repeat(128))),
        new Row("rtmp_chunk_too_many_streams", onManyChunkStreams(65, "000001", "ab")));
  }

  private static String onManyChunkStreams(int count, String length, String firstChunk) {
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < count; i++) {
      digits.append("00 %02x 000001 %s 09 01000000 %s".formatted(i, length, firstChunk));
    }
    return digits.toString();
  }

  @ParameterizedTest
  @MethodSource
  void refused(Row row) {
    MediaFormatException refusal =
        catchThrowableOfType(
            MediaFormatException.class, () -> read(new ByteArrayInputStream(hex(row.hex))));
    assertThat(refusal).isNotNull();
    assertThat(refusal.defectCode()).isEqualTo(row.name);
  }

  @Test
  void anotherChunkSizeTakesEffectInTheMiddleOfAMessage() throws Exception {
    String digits =
        "04 000001 0000c8 09 01000000"
            + "ab".repeat(128)
            + "02 000000 000004 01 00000000 00000014"
            + ("c4" + "ab".repeat(20)).repeat(3)
            + "c4"
            + "ab".repeat(12);
    ChunkReader reader = reader(new ByteArrayInputStream(hex(digits)));
    assertThat(describe(reader.read())).isEqualTo("2/1/0@0:00000014");
    reader.setChunkSize(20);
    assertThat(describe(reader.read())).isEqualTo("4/9/1@1:" + "ab".repeat(200));
  }

  @Test
  void aChunkMayBeLargerThanTheBuffer() throws Exception {
    int length = 300_000;
    String digits = "04 000001 %06x 09 01000000".formatted(length) + "ab".repeat(length);
    ChunkReader reader =
        new ChunkReader(new ChunkInput(new ByteArrayInputStream(hex(digits))), 1 << 20);
    reader.setChunkSize(Integer.MAX_VALUE);
    RawMessage message = Objects.requireNonNull(reader.read());
    assertThat(message.payload().array()).hasSize(length).containsOnly(0xab);
    assertThat(reader.read()).isNull();
  }

  @Test
  void anAbortedMessageIsForgotten() throws Exception {
    String digits =
        "04 000001 0000c8 09 01000000"
            + "ab".repeat(128)
            + "02 000000 000004 02 00000000 00000004"
            + "04 000005 000001 09 01000000 cc";
    ChunkReader reader = reader(new ByteArrayInputStream(hex(digits)));
    assertThat(describe(reader.read())).isEqualTo("2/2/0@0:00000004");
    reader.abort(4);
    reader.abort(5);
    assertThat(describe(reader.read())).isEqualTo("4/9/1@5:cc");
  }

  @Test
  void aPartialMessageDoesNotWaitForATimestampThatDoesNotCome() throws Exception {
    // The quirky last chunk ends here, and the peer waits for an answer before it sends more.
    String digits = "04 ffffff 000081 09 01000000 01020304" + "ab".repeat(128) + "c4 ab";
    InputStream endless =
        new ByteArrayInputStream(hex(digits)) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            if (available() == 0) {
              throw new AssertionError("would block");
            }
            return super.read(target, offset, length);
          }
        };
    assertThat(describe(reader(endless).read())).endsWith("abab");
  }

  @Test
  void aHeaderThatClaimsMuchReservesLittle() {
    ChunkReader reader =
        new ChunkReader(
            new ChunkInput(new ByteArrayInputStream(hex("04 000001 ffffff 09 01000000 aa"))),
            Integer.MAX_VALUE);
    // A reader that believed the header a thousand times would not fit in memory.
    assertThatExceptionOfType(EOFException.class).isThrownBy(reader::read);
  }

  private static List<String> read(InputStream in) throws IOException, MediaFormatException {
    List<String> messages = new ArrayList<>();
    read(in, messages);
    return messages;
  }

  private static void read(InputStream in, List<String> messages)
      throws IOException, MediaFormatException {
    ChunkReader reader = reader(in);
    for (RawMessage raw = reader.read(); raw != null; raw = reader.read()) {
      messages.add(describe(raw));
    }
  }

  private static ChunkReader reader(InputStream in) {
    return new ChunkReader(new ChunkInput(in), LIMIT);
  }

  private static String describe(@Nullable RawMessage raw) {
    return raw == null
        ? "end"
        : "%d/%d/%d@%d:%s"
            .formatted(
                raw.chunkStreamId(),
                raw.type(),
                raw.messageStreamId(),
                raw.timestampMs(),
                plain(toHex(raw.payload())));
  }
}
