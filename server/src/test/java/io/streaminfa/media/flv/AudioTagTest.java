package io.streaminfa.media.flv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.MediaFormatException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class AudioTagTest {
  record Row(String name, TagSyntax syntax, String encoded, AudioTag value) {}

  static Stream<Row> tags() {
    TagSyntax legacy = TagSyntax.LEGACY;
    TagSyntax enhanced = TagSyntax.ENHANCED;
    return Stream.of(
        new Row("header", legacy, "af001210", new AudioTag.SequenceStart(hex("1210"))),
        new Row("AAC", legacy, "af012110", new AudioTag.AacFrame(0, hex("2110"))),
        new Row("MP3", legacy, "2ffffb90", new AudioTag.Mp3Frame(0, hex("fffb90"))),
        new Row("header", enhanced, "906d7034611210", new AudioTag.SequenceStart(hex("1210"))),
        new Row("AAC", enhanced, "916d7034612110", new AudioTag.AacFrame(0, hex("2110"))),
        new Row("MP3", enhanced, "912e6d7033fffb", new AudioTag.Mp3Frame(0, hex("fffb"))),
        new Row("nanos", enhanced, "9702000007016d70346121", new AudioTag.AacFrame(7, hex("21"))),
        new Row("end", enhanced, "926d703461", new AudioTag.SequenceEnd()));
  }

  @ParameterizedTest
  @MethodSource("tags")
  void aTagIsReadAndWritten(Row row) throws MediaFormatException {
    assertThat(AudioTag.parse(hex(row.encoded))).isEqualTo(row.value);
    assertThat(row.value.write(row.syntax)).isEqualTo(hex(row.encoded));
  }

  @ParameterizedTest
  @CsvSource({
    "8 kHz MP3,  ee fffb, true, fffb",
    "mono AAC,   a2 01 2110, false, 2110",
    "one track,  95 01 6d703461 00 2110, false, 2110",
    "tracks,     95 11 6d703461 01 000001 aa 00 000002 2110, false, 2110",
    "codecs,     95 21 4f707573 01 000001 aa 2e6d7033 00 000002 fffb, true, fffb",
  })
  void otherFormsAreRead(String name, String encoded, boolean mp3, String data)
      throws MediaFormatException {
    AudioTag expected =
        mp3 ? new AudioTag.Mp3Frame(0, hex(data)) : new AudioTag.AacFrame(0, hex(data));
    assertThat(AudioTag.parse(hex(encoded))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "'', audio_tag_empty",
    "af, audio_tag_empty",
    "af01, audio_tag_empty",
    "2f, audio_tag_empty",
    "af0210, audio_packet_type_unknown",
    "946d703461 0102, audio_multichannel_config",
    "936d703461, audio_packet_type_unknown",
    "902e6d7033, audio_packet_type_unknown",
    "9178787878 00, audio_fourcc_unknown",
    "9501 6d703461 03 2110, audio_track_skipped",
  })
  void whatMeansNothingHereIsSkipped(String encoded, String code) throws MediaFormatException {
    assertThat(AudioTag.parse(hex(encoded))).isEqualTo(new AudioTag.Skipped(code));
  }

  @ParameterizedTest
  @CsvSource({
    "b2, audio_codec_speex",
    "0f, audio_codec_pcm",
    "3f, audio_codec_pcm",
    "1f, audio_codec_adpcm",
    "52, audio_codec_nellymoser",
    "72, audio_codec_g711_alaw",
    "82, audio_codec_g711_mulaw",
    "df, audio_codec_opus",
    "ff, audio_codec_device_specific",
    "cf, audio_codec_unknown",
    "904f707573, audio_codec_opus",
    "90664c6143, audio_codec_flac",
    "9061632d33, audio_codec_ac3",
    "9065632d33, audio_codec_eac3",
  })
  void otherCodecsAreRefusedByName(String encoded, String code) {
    assertThatThrownBy(() -> AudioTag.parse(hex(encoded)))
        .isInstanceOfSatisfying(
            MediaFormatException.Unsupported.class,
            e -> assertThat(e.defectCode()).isEqualTo(code));
  }

  @ParameterizedTest
  @CsvSource({"916d70", "97", "9700ff", "9511 6d703461 00 0000ff 21"})
  void whatEndsTooEarlyIsMalformed(String encoded) {
    assertThatThrownBy(() -> AudioTag.parse(hex(encoded)))
        .isInstanceOfSatisfying(
            MediaFormatException.Malformed.class,
            e -> assertThat(e.defectCode()).isEqualTo("flv_audio_truncated"));
  }

  private static ByteBuffer hex(String bytes) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(bytes.replace(" ", "")));
  }
}
