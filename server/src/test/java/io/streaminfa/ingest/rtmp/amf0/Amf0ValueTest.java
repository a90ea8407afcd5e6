package io.streaminfa.ingest.rtmp.amf0;

import static io.streaminfa.ingest.rtmp.Bytes.buffer;
import static io.streaminfa.ingest.rtmp.Bytes.plain;
import static io.streaminfa.ingest.rtmp.Bytes.toHex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Bool;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Date;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.EcmaArray;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Null;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Num;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Obj;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.StrictArray;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Text;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.TypedObj;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Undefined;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Xml;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class Amf0ValueTest {
  record Row(String name, Amf0Value value, String hex) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Each row is read and written. */
  static Stream<Row> bothWays() {
    return Stream.of(
        new Row("number", new Num(1.5), "00 3ff8000000000000"),
        new Row("true", new Bool(true), "01 01"),
        new Row("false", new Bool(false), "01 00"),
        new Row("string", new Text("ünï"), "02 0005 c3bc6ec3af"),
        new Row("empty string", new Text(""), "02 0000"),
        new Row("long string", new Text("x".repeat(65_536)), "0c 00010000 " + "78".repeat(65_536)),
        new Row("null", new Null(), "05"),
        new Row("undefined", new Undefined(), "06"),
        new Row("empty object", new Obj(Map.of()), "03 000009"),
        new Row(
            "object",
            new Obj(properties("b", new Num(0), "a", new Obj(Map.of()))),
            "03 0001 62 00 0000000000000000 0001 61 03 000009 000009"),
        new Row(
            "ECMA array",
            new EcmaArray(Map.of("k", new Bool(true))),
            "08 00000001 0001 6b 0101 000009"),
        new Row(
            "strict array",
            new StrictArray(List.of(new Null(), new Text("a"))),
            "0a 00000002 05 02 0001 61"),
        new Row("date", new Date(1000), "0b 408f400000000000 0000"),
        new Row("XML document", new Xml("<a/>"), "0f 00000004 3c612f3e"),
        new Row(
            "typed object",
            new TypedObj("C", Map.of("k", new Null())),
            "10 0001 43 0001 6b 05 000009"));
  }

  /** Each row is only read: another spelling of the same value. */
  static Stream<Row> readOnly() {
    return Stream.of(
        new Row("unsupported", new Undefined(), "0d"),
        new Row("date with a time zone", new Date(0), "0b 0000000000000000 ffc4"),
        new Row(
            "ECMA array whose count lies",
            new EcmaArray(Map.of("k", new Null())),
            "08 7fffffff 0001 6b 05 000009"),
        new Row("object without end", new Obj(Map.of("k", new Null())), "03 0001 6b 05"),
        new Row("object with half an end", new Obj(Map.of("k", new Null())), "03 0001 6b 05 0000"),
        new Row(
            "the last of two equal names",
            new Obj(Map.of("k", new Num(0))),
            "03 0001 6b 05 0001 6b 00 0000000000000000 000009"),
        new Row(
            "reference",
            new StrictArray(List.of(new Obj(Map.of()), new Obj(Map.of()))),
            "0a 00000002 03 000009 07 0001"),
        new Row("AMF3 null", new Null(), "11 01"),
        new Row("AMF3 undefined", new Undefined(), "11 00"),
        new Row(
            "AMF3 booleans",
            new StrictArray(List.of(new Bool(false), new Bool(true))),
            "11 09 05 01 02 03"),
        new Row("AMF3 integer", new Num(129), "11 04 8101"),
        new Row("AMF3 negative integer", new Num(-1), "11 04 ffffffff"),
        new Row("AMF3 double", new Num(1.5), "11 05 3ff8000000000000"),
        new Row("AMF3 date", new Date(1000), "11 08 01 408f400000000000"),
        new Row("AMF3 XML", new Xml("<a/>"), "11 0b 09 3c612f3e"),
        new Row(
            "AMF3 strings by reference",
            new StrictArray(List.of(new Text("ab"), new Text("ab"))),
            "11 09 05 01 06 05 6162 06 00"),
        new Row(
            "AMF3 associative array",
            new EcmaArray(Map.of("k", new Null(), "0", new Bool(true))),
            "11 09 03 03 6b 01 01 03"),
        new Row(
            "AMF3 dynamic object", new Obj(Map.of("k", new Num(1))), "11 0a 0b 01 03 6b 04 01 01"),
        new Row(
            "AMF3 objects that share traits",
            new StrictArray(
                List.of(
                    new TypedObj("C", Map.of("m", new Num(1))),
                    new TypedObj("C", Map.of("m", new Num(2))))),
            "11 09 05 01 0a 13 03 43 03 6d 04 01 0a 01 04 02"),
        new Row(
            "AMF3 object by reference",
            new StrictArray(List.of(new StrictArray(List.of()), new StrictArray(List.of()))),
            "11 09 05 01 09 01 01 09 02"));
  }

  @ParameterizedTest
  @MethodSource({"bothWays", "readOnly"})
  void isRead(Row row) throws MediaFormatException {
    assertThat(Amf0Reader.readAll(buffer(row.hex))).containsExactly(row.value);
  }

  @ParameterizedTest
  @MethodSource("bothWays")
  void isWritten(Row row) {
    ByteWriter out = new ByteWriter(16);
    new Amf0Writer(out).write(row.value);
    assertThat(toHex(out.toByteBuffer())).isEqualTo(plain(row.hex));
  }

  @ParameterizedTest
  @MethodSource("bothWays")
  void aTruncatedValueIsMalformed(Row row) throws MediaFormatException {
    String digits = plain(row.hex);
    boolean object = row.value instanceof Obj || row.value instanceof TypedObj;
    for (int end = 2; end < Math.min(digits.length(), 200); end += 2) {
      String cut = digits.substring(0, end);
      if (object || row.value instanceof EcmaArray) {
        // An object may end early between two properties.
        assertThat(readable(cut)).isIn(true, false);
      } else {
        assertThatExceptionOfType(MediaFormatException.Malformed.class)
            .isThrownBy(() -> Amf0Reader.readAll(buffer(cut)))
            .satisfies(e -> assertThat(e.defectCode()).isEqualTo("amf0_truncated"));
      }
    }
  }

  private static boolean readable(String digits) {
    try {
      return !Amf0Reader.readAll(buffer(digits)).isEmpty();
    } catch (MediaFormatException e) {
      return false;
    }
  }

  static Stream<Row> refused() {
    Amf0Value none = new Null();
    return Stream.of(
        new Row("amf0_unknown_marker", none, "04"),
        new Row("amf0_unknown_marker", none, "12"),
        new Row("amf_too_deep", none, "0a00000001".repeat(20) + "05"),
        new Row("amf_too_deep", none, "11" + "090301".repeat(20) + "01"),
        new Row("amf_too_many_values", none, "05".repeat(4097)),
        new Row("amf0_truncated", none, "0a ffffffff 05"),
        new Row("amf0_truncated", none, "0c ffffffff 78"),
        new Row("amf0_truncated", none, "11 09 ffffffff 01"),
        new Row("amf0_bad_reference", none, "07 0000"),
        new Row("amf0_bad_reference", none, "03 0001 61 07 0000 000009"),
        new Row("amf3_bad_reference", none, "11 06 02"),
        new Row("amf3_bad_reference", none, "11 0a 05"),
        new Row("amf3_bad_reference", none, "11 09 03 01 09 00"),
        new Row("amf3_unsupported_type", none, "11 0c 01"),
        new Row("amf3_unsupported_type", none, "11 0a 07 03 43"),
        new Row("amf_too_many_values", none, "11 0a ffffff7b 01"));
  }

  @ParameterizedTest
  @MethodSource
  void refused(Row row) {
    MediaFormatException refusal =
        catchThrowableOfType(MediaFormatException.class, () -> Amf0Reader.readAll(buffer(row.hex)));
    assertThat(refusal).isNotNull();
    assertThat(refusal.defectCode()).isEqualTo(row.name);
  }

  @Test
  void referencesToReferencesCannotStandForATreeWithoutEnd() {
    // Each array holds the one before it twice: 2^40 values in 500 bytes, if they were counted as
    // 1.
    StringBuilder digits = new StringBuilder("0a 00000000 ");
    for (int i = 0; i < 40; i++) {
      digits.append("0a 00000002 07 %04x 07 %04x ".formatted(i, i));
    }
    assertThatThrownBy(() -> Amf0Reader.readAll(buffer(digits.toString())))
        .isInstanceOf(MediaFormatException.class);
  }

  @Test
  void aPropertyOfAnotherTypeIsNotThere() {
    Amf0Value object = new Obj(Map.of("app", new Num(1), "name", new Text("n")));
    assertThat(object.text("app")).isNull();
    assertThat(object.text("name")).isEqualTo("n");
    assertThat(object.number("app")).isEqualTo(1);
    assertThat(object.number("name")).isNull();
    assertThat(new Num(1).text("app")).isNull();
  }

  @Test
  void aNameAbove65535BytesCannotBeWritten() {
    Amf0Writer writer = new Amf0Writer(new ByteWriter(16));
    assertThatThrownBy(() -> writer.write(new Obj(Map.of("x".repeat(65_536), new Null()))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Map<String, Amf0Value> properties(
      String first, Amf0Value firstValue, String second, Amf0Value secondValue) {
    Map<String, Amf0Value> properties = new LinkedHashMap<>();
    properties.put(first, firstValue);
    properties.put(second, secondValue);
    return properties;
  }
}
