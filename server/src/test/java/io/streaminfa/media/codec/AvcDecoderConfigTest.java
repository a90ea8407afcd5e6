package io.streaminfa.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.codec.AvcDecoderConfig.HighProfile;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class AvcDecoderConfigTest {
  private static final String SPS = "6742c00ad902847e5c0440000003004000000783c48992";
  private static final String PPS = "68cb80e4b2";
  private static final String HIGH_SPS = "6764000aacd942847e5c0440000003004000000783c4896580";
  private static final String HIGH_PPS = "68ef839cb0";

  record Row(String name, String encoded, AvcDecoderConfig value) {}

  static Stream<Row> records() {
    return Stream.of(
        new Row(
            "x264, baseline",
            "0142c00affe10017" + SPS + "010005" + PPS,
            new AvcDecoderConfig(66, 0xc0, 10, 4, list(SPS), list(PPS), null)),
        new Row(
            "x264, high",
            "0164000affe10019" + HIGH_SPS + "010005" + HIGH_PPS + "fdf8f800",
            new AvcDecoderConfig(
                100,
                0,
                10,
                4,
                list(HIGH_SPS),
                list(HIGH_PPS),
                new HighProfile(1, 8, 8, List.of()))),
        new Row(
            "high without its extension",
            "0164000affe10019" + HIGH_SPS + "010005" + HIGH_PPS,
            new AvcDecoderConfig(100, 0, 10, 4, list(HIGH_SPS), list(HIGH_PPS), null)),
        new Row(
            "high with extension sets",
            "0164000affe10019" + HIGH_SPS + "010005" + HIGH_PPS + "fdfafb0100026d80",
            new AvcDecoderConfig(
                100,
                0,
                10,
                4,
                list(HIGH_SPS),
                list(HIGH_PPS),
                new HighProfile(1, 10, 11, list("6d80")))),
        new Row(
            "lengths of two bytes, two picture sets",
            "0142c00afde10017" + SPS + "020005" + PPS + "00026880",
            new AvcDecoderConfig(66, 0xc0, 10, 2, list(SPS), list(PPS, "6880"), null)),
        new Row(
            "lengths of one byte, no sets",
            "0142c00afce000",
            new AvcDecoderConfig(66, 0xc0, 10, 1, List.of(), List.of(), null)));
  }

  @ParameterizedTest
  @MethodSource("records")
  void aRecordIsReadAndWritten(Row row) throws MediaFormatException {
    assertThat(AvcDecoderConfig.parse(hex(row.encoded))).isEqualTo(row.value);
    assertThat(row.value.write()).isEqualTo(hex(row.encoded));
  }

  @Test
  void aRecordIsMadeFromItsSets() throws MediaFormatException {
    assertThat(AvcDecoderConfig.of(list(HIGH_SPS), list(HIGH_PPS)).write())
        .isEqualTo(hex("0164000affe10019" + HIGH_SPS + "010005" + HIGH_PPS + "fdf8f800"));
    assertThat(AvcDecoderConfig.of(list(SPS), list(PPS)).highProfile()).isNull();
  }

  @Test
  void aRecordIsMadeFromAnnexB() throws MediaFormatException {
    ByteBuffer extradata = hex("0000000109f000000001" + SPS + "000001" + PPS);
    assertThat(AvcDecoderConfig.ofAnnexB(extradata))
        .isEqualTo(AvcDecoderConfig.of(list(SPS), list(PPS)));
  }

  @ParameterizedTest
  @CsvSource({
    "'', avcc_truncated",
    "0142c00a, avcc_truncated",
    "0042c00affe000, avcc_version",
    "0142c00afee000, avcc_nal_length_size",
    "0142c00affe10000, avcc_parameter_set",
    "0142c00affe1000268ce, avcc_parameter_set",
    "0142c00affe1ffff67, avcc_truncated",
  })
  void whatIsNoRecordIsMalformed(String encoded, String code) {
    assertThatThrownBy(() -> AvcDecoderConfig.parse(hex(encoded)))
        .isInstanceOfSatisfying(
            MediaFormatException.Malformed.class, e -> assertThat(e.defectCode()).isEqualTo(code));
  }

  @Test
  void setsReplaceThoseWithTheirIds() throws MediaFormatException {
    ByteBuffer first = new SpsBuilder().id(0).macroblocks(20, 15).build();
    ByteBuffer second = new SpsBuilder().id(1).macroblocks(20, 15).build();
    ByteBuffer changed = new SpsBuilder().id(0).macroblocks(40, 30).build();

    AvcParameterSets sets = AvcParameterSets.NONE.with(first).with(second).with(hex(PPS));

    assertThat(sets.with(first)).isSameAs(sets);
    assertThat(sets.with(hex("09f0"))).isSameAs(sets);
    assertThat(sets.with(changed).sequence().values()).containsExactly(changed, second);
    assertThat(sets.isComplete()).isTrue();
    assertThat(AvcParameterSets.NONE.with(first).isComplete()).isFalse();
    assertThat(AvcParameterSets.of(sets.toDecoderConfig())).isEqualTo(sets);
  }

  private static List<ByteBuffer> list(String... units) {
    return Stream.of(units).map(AvcDecoderConfigTest::hex).toList();
  }

  private static ByteBuffer hex(String bytes) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(bytes));
  }
}
