package io.streaminfa.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.codec.Mp3FrameHeader.Version;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class Mp3FrameHeaderTest {
  @ParameterizedTest
  @CsvSource({
    "fffb9000, MPEG_1, 128, 44100, false, 2, 1152, 417",
    "fffb9200, MPEG_1, 128, 44100, true, 2, 1152, 418",
    "fffb10c0, MPEG_1, 32, 44100, false, 1, 1152, 104",
    "fffbe400, MPEG_1, 320, 48000, false, 2, 1152, 960",
    "fff3a8c0, MPEG_2, 96, 16000, false, 1, 576, 432",
    "fff38000, MPEG_2, 64, 22050, false, 2, 576, 208",
    "ffe348c0, MPEG_2_5, 32, 8000, false, 1, 576, 288",
  })
  void aHeaderIsReadAndWritten(
      String encoded,
      Version version,
      int bitrateKbps,
      int sampleRate,
      boolean padded,
      int channels,
      int samples,
      int frameBytes)
      throws MediaFormatException {
    Mp3FrameHeader header = new Mp3FrameHeader(version, bitrateKbps, sampleRate, padded, channels);

    assertThat(Mp3FrameHeader.parse(hex(encoded))).isEqualTo(header);
    assertThat(header.write()).isEqualTo(hex(encoded));
    assertThat(header.samplesPerFrame()).isEqualTo(samples);
    assertThat(header.frameBytes()).isEqualTo(frameBytes);
  }

  @ParameterizedTest
  @CsvSource({
    "fffb, mp3_truncated",
    "ffcb9000, mp3_invalid",
    "ffeb9000, mp3_invalid",
    "fff99000, mp3_invalid",
    "fffb0000, mp3_invalid",
    "fffbf000, mp3_invalid",
    "fffb9c00, mp3_invalid",
  })
  void whatIsNoHeaderIsMalformed(String encoded, String code) {
    assertThatThrownBy(() -> Mp3FrameHeader.parse(hex(encoded)))
        .isInstanceOfSatisfying(
            MediaFormatException.Malformed.class, e -> assertThat(e.defectCode()).isEqualTo(code));
  }

  @Test
  void layerTwoIsUnsupported() {
    assertThatThrownBy(() -> Mp3FrameHeader.parse(hex("fffd9000")))
        .isInstanceOf(MediaFormatException.Unsupported.class);
  }

  private static ByteBuffer hex(String bytes) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(bytes));
  }
}
