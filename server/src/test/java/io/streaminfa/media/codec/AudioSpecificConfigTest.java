package io.streaminfa.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.codec.AudioSpecificConfig.Extension;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class AudioSpecificConfigTest {
  record Row(String name, String encoded, AudioSpecificConfig value, String codec) {}

  private static AudioSpecificConfig lc(int rate, int channels, Extension extension) {
    return new AudioSpecificConfig(2, rate, channels, false, extension);
  }

  static Stream<Row> configs() {
    Extension unsaid = new Extension.Unsaid();
    return Stream.of(
        new Row("LC 44.1 kHz stereo", "1210", lc(44_100, 2, unsaid), "mp4a.40.2"),
        new Row("LC 48 kHz stereo", "1190", lc(48_000, 2, unsaid), "mp4a.40.2"),
        new Row("LC 44.1 kHz mono", "1208", lc(44_100, 1, unsaid), "mp4a.40.2"),
        new Row("LC 48 kHz 5.1", "11b0", lc(48_000, 6, unsaid), "mp4a.40.2"),
        new Row("LC 48 kHz 7.1", "11b8", lc(48_000, 7, unsaid), "mp4a.40.2"),
        new Row(
            "FFmpeg denies SBR", "121056e500", lc(44_100, 2, new Extension.Denied()), "mp4a.40.2"),
        new Row(
            "HE-AAC, appended",
            "139056e5a0",
            lc(22_050, 2, new Extension.Appended(44_100, false)),
            "mp4a.40.2"),
        new Row(
            "HE-AAC v2, appended",
            "130856e59d4880",
            lc(24_000, 1, new Extension.Appended(48_000, true)),
            "mp4a.40.2"),
        new Row(
            "HE-AAC, hierarchical",
            "2b920800",
            lc(22_050, 2, new Extension.Hierarchical(44_100, false)),
            "mp4a.40.5"),
        new Row(
            "HE-AAC v2, hierarchical",
            "eb098800",
            lc(24_000, 1, new Extension.Hierarchical(48_000, true)),
            "mp4a.40.29"),
        new Row("an explicit rate", "1780578010", lc(44_800, 2, unsaid), "mp4a.40.2"),
        new Row(
            "Main, frames of 960",
            "0994",
            new AudioSpecificConfig(1, 48_000, 2, true, unsaid),
            "mp4a.40.1"));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void aConfigIsReadAndWritten(Row row) throws MediaFormatException {
    assertThat(HexFormat.of().formatHex(bytes(row.value.write()))).isEqualTo(row.encoded);
    assertThat(AudioSpecificConfig.parse(hex(row.encoded))).isEqualTo(row.value);
    assertThat(CodecString.of(row.value)).isEqualTo(row.codec);
  }

  @Test
  void sevenIsEightChannels() {
    assertThat(AudioSpecificConfig.lowComplexity(48_000, 7).channels()).isEqualTo(8);
    assertThat(AudioSpecificConfig.lowComplexity(48_000, 6).channels()).isEqualTo(6);
  }

  @ParameterizedTest
  @CsvSource({
    "'', audio_config_truncated",
    "12, audio_config_truncated",
    "1690, audio_config_invalid",
    "17800000 10, audio_config_invalid",
  })
  void whatIsNoConfigIsMalformed(String encoded, String code) {
    assertThatThrownBy(() -> AudioSpecificConfig.parse(hex(encoded.replace(" ", ""))))
        .isInstanceOfSatisfying(
            MediaFormatException.Malformed.class, e -> assertThat(e.defectCode()).isEqualTo(code));
  }

  @ParameterizedTest
  @CsvSource({
    "1a10, audio_aac_object_type",
    "f8e65000, audio_aac_object_type",
    "1200, audio_aac_channel_layout",
    "1258, audio_aac_channel_layout",
  })
  void whatIsNotTakenIsUnsupported(String encoded, String code) {
    assertThatThrownBy(() -> AudioSpecificConfig.parse(hex(encoded)))
        .isInstanceOfSatisfying(
            MediaFormatException.Unsupported.class,
            e -> assertThat(e.defectCode()).isEqualTo(code));
  }

  @Test
  void anAdtsHeaderIsReadAndWritten() throws MediaFormatException {
    AdtsHeader header = new AdtsHeader(AudioSpecificConfig.lowComplexity(44_100, 2), 7, 371);
    ByteBuffer encoded = hex("fff150802e7ffc");

    assertThat(AdtsHeader.isPresent(encoded)).isTrue();
    assertThat(AdtsHeader.parse(encoded)).isEqualTo(header);
    assertThat(header.write()).isEqualTo(encoded);
    assertThat(AdtsHeader.parse(hex("fff050802e7ffc0000")).headerBytes()).isEqualTo(9);
    assertThat(AdtsHeader.isPresent(hex("2110"))).isFalse();
    assertThat(AdtsHeader.isPresent(hex("fffb"))).isFalse();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static ByteBuffer hex(String bytes) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(bytes));
  }
}
