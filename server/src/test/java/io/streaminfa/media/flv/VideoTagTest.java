package io.streaminfa.media.flv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.MediaFormatException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class VideoTagTest {
  record Row(String name, TagSyntax syntax, String encoded, VideoTag value) {}

  private static VideoTag frames(boolean key, int compositionTimeMs, int nanos, String data) {
    return new VideoTag.CodedFrames(key, compositionTimeMs, nanos, hex(data));
  }

  static Stream<Row> tags() {
    TagSyntax legacy = TagSyntax.LEGACY;
    TagSyntax enhanced = TagSyntax.ENHANCED;
    return Stream.of(
        new Row("header", legacy, "17000000000142", new VideoTag.SequenceStart(hex("0142"))),
        new Row("key frame", legacy, "17010000426588", frames(true, 66, 0, "6588")),
        new Row("inter frame", legacy, "2701000000419a", frames(false, 0, 0, "419a")),
        new Row("negative offset", legacy, "2701ffffbe419a", frames(false, -66, 0, "419a")),
        new Row("end", legacy, "1702000000", new VideoTag.SequenceEnd()),
        new Row("start", enhanced, "90617663310142", new VideoTag.SequenceStart(hex("0142"))),
        new Row("key", enhanced, "91617663310000426588", frames(true, 66, 0, "6588")),
        new Row("negative", enhanced, "a161766331ffffbe41", frames(false, -66, 0, "41")),
        new Row("without offset", enhanced, "a361766331419a", frames(false, 0, 0, "419a")),
        new Row("nanos", enhanced, "a7020c350003 61766331 41", frames(false, 0, 800_000, "41")),
        new Row("end", enhanced, "9261766331", new VideoTag.SequenceEnd()));
  }

  @ParameterizedTest
  @MethodSource("tags")
  void aTagIsReadAndWritten(Row row) throws MediaFormatException {
    ByteBuffer encoded = hex(row.encoded);
    assertThat(VideoTag.parse(encoded)).isEqualTo(row.value);
    assertThat(row.value.write(row.syntax)).isEqualTo(encoded);
    assertThat(encoded.position()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "one ModEx of an unknown type,   97 00 ff 11 61766331 000042 65, 66, 0",
    "a chain of two ModEx,           97 02 000001 07 00 aa 11 61766331 000042 65, 66, 1",
    "an offset in more bytes,        97 03 000002ff 01 61766331 000042 65, 66, 2",
    "an offset beyond its range,     97 02 ffffff 01 61766331 000042 65, 66, 999999",
    "one track,                      96 01 61766331 00 000042 65, 66, 0",
    "many tracks of one codec,       96 11 61766331 01 000002 aabb 00 000004 00004265, 66, 0",
    "many codecs,      96 21 68766331 01 000002 aabb 61766331 00 000004 00004265, 66, 0",
    "ModEx and then many tracks,     97 00 ff 16 01 61766331 00 000042 65, 66, 0",
  })
  void modExAndMultitrackAreUnwrapped(String name, String encoded, int offsetMs, int nanos)
      throws MediaFormatException {
    assertThat(VideoTag.parse(hex(encoded))).isEqualTo(frames(true, offsetMs, nanos, "65"));
  }

  @Test
  void aModExAbove255BytesHasA16BitSize() throws MediaFormatException {
    String encoded = "97 ff 00ff" + "00".repeat(256) + "11 61766331 000042 65";
    assertThat(VideoTag.parse(hex(encoded))).isEqualTo(frames(true, 66, 0, "65"));
  }

  @ParameterizedTest
  @CsvSource({
    "'', video_tag_empty",
    "17, video_tag_empty",
    "5700, video_command_frame",
    "1703000000, video_packet_type_unknown",
    "d000, video_command_frame",
    "9461766331 02, video_metadata",
    "9561766331, video_mpeg2ts_sequence_start",
    "9861766331, video_packet_type_unknown",
    "9178787878 00, video_fourcc_unknown",
    "9601 61766331 05 000042 65, video_track_skipped",
    "9631 61766331 00 000042 65, video_track_skipped",
  })
  void whatMeansNothingHereIsSkipped(String encoded, String code) throws MediaFormatException {
    assertThat(VideoTag.parse(hex(encoded))).isEqualTo(new VideoTag.Skipped(code));
  }

  @ParameterizedTest
  @CsvSource({
    "1c00000000, video_codec_hevc",
    "2d01, video_codec_av1",
    "1200, video_codec_sorenson_h263",
    "13, video_codec_screen_video",
    "14, video_codec_vp6",
    "15, video_codec_vp6_alpha",
    "16, video_codec_screen_video_2",
    "11, video_codec_jpeg",
    "18, video_codec_unknown",
    "9068766331, video_codec_hevc",
    "9061763031, video_codec_av1",
    "9076703039, video_codec_vp9",
  })
  void otherCodecsAreRefusedByName(String encoded, String code) {
    assertThatThrownBy(() -> VideoTag.parse(hex(encoded)))
        .isInstanceOfSatisfying(
            MediaFormatException.Unsupported.class,
            e -> assertThat(e.defectCode()).isEqualTo(code));
  }

  @ParameterizedTest
  @CsvSource({
    "170100, flv_video_truncated",
    "91617663, flv_video_truncated",
    "91617663310000, flv_video_truncated",
    "9705, flv_video_truncated",
    "97000001, flv_video_truncated",
    "9611 61766331 00 ffffff 00, flv_video_truncated",
    "9606 61766331 00 000042, flv_multitrack_nested",
  })
  void whatEndsTooEarlyIsMalformed(String encoded, String code) {
    assertThatThrownBy(() -> VideoTag.parse(hex(encoded)))
        .isInstanceOfSatisfying(
            MediaFormatException.Malformed.class, e -> assertThat(e.defectCode()).isEqualTo(code));
  }

  private static ByteBuffer hex(String bytes) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(bytes.replace(" ", "")));
  }
}
