package io.streaminfa.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.MediaFormatException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class NalUnitsTest {
  record Row(String name, int lengthSizeBytes, String encoded, List<String> units) {}

  static Stream<Row> lengthPrefixed() {
    return Stream.of(
        new Row("nothing", 4, "", List.of()),
        new Row("one byte", 1, "0165", List.of("65")),
        new Row("two bytes", 2, "0002658800020c80", List.of("6588", "0c80")),
        new Row("four bytes", 4, "0000000209f0000000036588aa", List.of("09f0", "6588aa")));
  }

  @ParameterizedTest
  @MethodSource("lengthPrefixed")
  void lengthPrefixedUnitsAreReadAndWritten(Row row) throws MediaFormatException {
    List<ByteBuffer> units = row.units.stream().map(NalUnitsTest::hex).toList();
    ByteBuffer encoded = hex(row.encoded);

    assertThat(NalUnits.readLengthPrefixed(encoded, row.lengthSizeBytes)).isEqualTo(units);
    assertThat(NalUnits.isLengthPrefixed(encoded, row.lengthSizeBytes)).isTrue();
    assertThat(NalUnits.writeLengthPrefixed(units, row.lengthSizeBytes)).isEqualTo(encoded);
    assertThat(encoded.position()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "00000001 67aa 00000001 68bb, 67aa 68bb",
    "000001 67aa 000001 68bb, 67aa 68bb",
    "00000001 67aa0000 000001 68bb0000, 67aa 68bb",
    "00000001 000001 65, 65",
    "00000001, ''",
    "000001 65000003, 65000003",
  })
  void annexBIsSplitAtItsStartCodes(String encoded, String units) throws MediaFormatException {
    List<ByteBuffer> expected =
        Stream.of(units.split(" ")).filter(u -> !u.isEmpty()).map(NalUnitsTest::hex).toList();
    assertThat(NalUnits.readAnnexB(hex(encoded.replace(" ", "")))).isEqualTo(expected);
  }

  @Test
  void annexBIsWrittenWithStartCodesOfFourBytes() throws MediaFormatException {
    List<ByteBuffer> units = List.of(hex("67aa"), hex("65bbcc"));
    ByteBuffer encoded = NalUnits.writeAnnexB(units);
    assertThat(encoded).isEqualTo(hex("0000000167aa0000000165bbcc"));
    assertThat(NalUnits.readAnnexB(encoded)).isEqualTo(units);
  }

  @Test
  void aUnitOf256BytesLooksLikeAStartCodeAndIsNone() {
    byte[] data = new byte[4 + 256];
    data[2] = 1;
    data[4] = 0x65;
    ByteBuffer buffer = ByteBuffer.wrap(data);
    assertThat(NalUnits.startsWithStartCode(buffer)).isTrue();
    assertThat(NalUnits.isLengthPrefixed(buffer, 4)).isTrue();
    assertThat(NalUnits.isLengthPrefixed(hex("0000000167640028ac"), 4)).isFalse();
  }

  @Test
  void zerosBehindTheLastUnitAreTolerated() throws MediaFormatException {
    assertThat(NalUnits.readLengthPrefixed(hex("00000001650000000000"), 4))
        .containsExactly(hex("65"));
  }

  @ParameterizedTest
  @CsvSource({
    "4, 00000005 6588",
    "4, 00000001 65 0001",
    "2, 0003 65",
    "1, 02 65",
    "4, ffffffff 65"
  })
  void aLengthThatLeadsPastTheEndIsMalformed(int lengthSizeBytes, String encoded) {
    ByteBuffer data = hex(encoded.replace(" ", ""));
    assertThat(NalUnits.isLengthPrefixed(data, lengthSizeBytes)).isFalse();
    assertThatThrownBy(() -> NalUnits.readLengthPrefixed(data, lengthSizeBytes))
        .isInstanceOfSatisfying(
            MediaFormatException.Malformed.class,
            e -> assertThat(e.defectCode()).isEqualTo("avc_nal_truncated"));
  }

  @Test
  void aFloodOfTinyUnitsIsMalformed() {
    byte[] data = new byte[2 * (NalUnits.MAX_UNITS + 1)];
    Arrays.fill(data, (byte) 1);
    assertThatThrownBy(() -> NalUnits.readLengthPrefixed(ByteBuffer.wrap(data), 1))
        .isInstanceOfSatisfying(
            MediaFormatException.Malformed.class,
            e -> assertThat(e.defectCode()).isEqualTo("avc_nal_count"));
  }

  @ParameterizedTest
  @CsvSource({
    "67640000030001, 676400000001",
    "6700000300000300, 670000000000",
    "670000030367, 6700000367",
    "6742, 6742",
  })
  void emulationPreventionIsRemovedAndInserted(String escaped, String payload) {
    assertThat(NalUnits.unescape(hex(escaped.replace(" ", "")))).isEqualTo(hex(payload));
    assertThat(NalUnits.escape(hex(payload))).isEqualTo(hex(escaped));
  }

  @ParameterizedTest
  @CsvSource({"65, true", "61, false", "41, false", "67, false", "25, true"})
  void anIdrSliceIsKnownByItsType(String unit, boolean idr) {
    assertThat(NalUnits.isIdr(hex(unit))).isEqualTo(idr);
  }

  @ParameterizedTest
  @CsvSource({"41 88, true", "41 9a, false", "65 88, true", "67 88, false", "41 b0, true"})
  void anIntraSliceIsKnownByItsHeader(String unit, boolean intra) throws MediaFormatException {
    assertThat(NalUnits.isIntraSlice(hex(unit.replace(" ", "")))).isEqualTo(intra);
  }

  @ParameterizedTest
  @CsvSource({
    "06 06 01 c4 80, true",
    "06 01 02 0000 06 01 c4 80, true",
    "06 05 02 0000 80, false",
    "06 80, false",
    "61 06 01 c4 80, false",
  })
  void aRecoveryPointIsFoundAmongTheMessages(String unit, boolean found)
      throws MediaFormatException {
    assertThat(NalUnits.hasRecoveryPoint(hex(unit.replace(" ", "")))).isEqualTo(found);
  }

  private static ByteBuffer hex(String bytes) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(bytes));
  }
}
