package io.streaminfa.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.codec.VideoUsability.Colour;
import io.streaminfa.media.codec.VideoUsability.Ratio;
import io.streaminfa.media.codec.VideoUsability.Timing;
import io.streaminfa.units.Resolution;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SequenceParameterSetTest {
  /** x264, 160x120 at 15 a second, constrained baseline. */
  private static final String BASELINE = "6742c00ad902847e5c0440000003004000000783c48992";

  /** x264, 160x120 at 15 a second, high. */
  private static final String HIGH = "6764000aacd942847e5c0440000003004000000783c4896580";

  @Test
  void x264sBaselineSetIsRead() throws MediaFormatException {
    SequenceParameterSet sps = SequenceParameterSet.parse(hex(BASELINE));

    assertThat(sps.profile()).isEqualTo(66);
    assertThat(sps.constraints()).isEqualTo(0xc0);
    assertThat(sps.level()).isEqualTo(10);
    assertThat(sps.codedSize()).isEqualTo(new Resolution(160, 128));
    assertThat(sps.size()).isEqualTo(new Resolution(160, 120));
    assertThat(sps.progressive()).isTrue();
    assertThat(sps.usability())
        .isEqualTo(new VideoUsability(new Ratio(1, 1), false, null, new Timing(1, 30, false)));
  }

  @Test
  void x264sHighSetIsRead() throws MediaFormatException {
    SequenceParameterSet sps = SequenceParameterSet.parse(hex(HIGH));

    assertThat(sps.profile()).isEqualTo(100);
    assertThat(sps.chromaFormat()).isEqualTo(1);
    assertThat(sps.bitDepthLuma()).isEqualTo(8);
    assertThat(sps.size()).isEqualTo(new Resolution(160, 120));
  }

  @ParameterizedTest
  @CsvSource({
    "66, 1, 120, 68, true, 0, 0, 0, 4, 1920, 1080",
    "66, 1, 120, 34, false, 0, 0, 0, 2, 1920, 1080",
    "66, 1, 45, 36, true, 4, 4, 0, 0, 704, 576",
    "122, 2, 120, 68, true, 0, 0, 0, 8, 1920, 1080",
    "244, 3, 80, 45, true, 1, 2, 3, 4, 1277, 713",
    "100, 0, 80, 45, true, 1, 0, 1, 0, 1279, 719",
  })
  void croppingIsInTheUnitsOfTheChromaFormat(
      int profile,
      int chromaFormat,
      int macroblocksWide,
      int mapUnitsHigh,
      boolean progressive,
      int left,
      int right,
      int top,
      int bottom,
      int width,
      int height)
      throws MediaFormatException {
    SpsBuilder builder =
        new SpsBuilder()
            .profile(profile)
            .chromaFormat(chromaFormat)
            .macroblocks(macroblocksWide, mapUnitsHigh)
            .crop(left, right, top, bottom);

    ByteBuffer unit = (progressive ? builder : builder.interlaced()).build();

    SequenceParameterSet sps = SequenceParameterSet.parse(unit);
    assertThat(sps.size()).isEqualTo(new Resolution(width, height));
    assertThat(sps.progressive()).isEqualTo(progressive);
  }

  @ParameterizedTest
  @CsvSource({"1", "3"})
  void scalingListsAreSkipped(int chromaFormat) throws MediaFormatException {
    ByteBuffer unit =
        new SpsBuilder()
            .profile(244)
            .chromaFormat(chromaFormat)
            .scalingLists()
            .macroblocks(40, 30)
            .build();

    assertThat(SequenceParameterSet.parse(unit).size()).isEqualTo(new Resolution(640, 480));
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "2"})
  void everyTypeOfPictureOrderCountIsSkipped(int type) throws MediaFormatException {
    ByteBuffer unit = new SpsBuilder().pictureOrderType(type).macroblocks(40, 30).id(7).build();

    SequenceParameterSet sps = SequenceParameterSet.parse(unit);
    assertThat(sps.size()).isEqualTo(new Resolution(640, 480));
    assertThat(sps.id()).isEqualTo(7);
  }

  @Test
  void usabilitySaysAspectRatioColourAndTiming() throws MediaFormatException {
    ByteBuffer unit =
        new SpsBuilder()
            .usability(
                bits ->
                    bits.flag(true) // aspect ratio
                        .bits(255, 8)
                        .bits(64, 16)
                        .bits(45, 16)
                        .flag(true) // overscan
                        .flag(false)
                        .flag(true) // video signal
                        .bits(5, 3)
                        .flag(true)
                        .flag(true)
                        .bits(9, 8)
                        .bits(16, 8)
                        .bits(9, 8)
                        .flag(true) // chroma location
                        .unsignedExpGolomb(2)
                        .unsignedExpGolomb(3)
                        .flag(true) // timing
                        .bits(1001, 32)
                        .bits(60_000, 32)
                        .flag(true))
            .build();

    assertThat(SequenceParameterSet.parse(unit).usability())
        .isEqualTo(
            new VideoUsability(
                new Ratio(64, 45), true, new Colour(9, 16, 9), new Timing(1001, 60_000, true)));
  }

  @Test
  void zerosInUsabilityMeanUnknown() throws MediaFormatException {
    ByteBuffer unit =
        new SpsBuilder()
            .usability(
                bits ->
                    bits.flag(true)
                        .bits(255, 8)
                        .bits(0, 32)
                        .flag(false)
                        .flag(false)
                        .flag(false)
                        .flag(true)
                        .bits(0, 32)
                        .bits(0, 32)
                        .flag(false))
            .build();

    assertThat(SequenceParameterSet.parse(unit).usability())
        .isEqualTo(new VideoUsability(null, false, null, null));
  }

  @Test
  void everyTruncationIsMalformed() {
    byte[] whole = HexFormat.of().parseHex(HIGH);
    for (int length = 0; length < 12; length++) {
      ByteBuffer cut = ByteBuffer.wrap(whole, 0, length);
      assertThatThrownBy(() -> SequenceParameterSet.parse(cut))
          .isInstanceOf(MediaFormatException.Malformed.class);
    }
  }

  @Test
  void aPictureOfNothingIsMalformed() {
    ByteBuffer unit = new SpsBuilder().macroblocks(1, 1).crop(4, 4, 0, 0).build();
    assertInvalid(unit);
  }

  @Test
  void aPictureBeyondAllLevelsIsMalformed() {
    assertInvalid(new SpsBuilder().macroblocks(1 << 20, 1).build());
  }

  @Test
  void anotherNalUnitIsMalformed() {
    assertInvalid(hex("68ce3c80"));
  }

  private static void assertInvalid(ByteBuffer unit) {
    assertThatThrownBy(() -> SequenceParameterSet.parse(unit))
        .isInstanceOfSatisfying(
            MediaFormatException.Malformed.class,
            e -> assertThat(e.defectCode()).isEqualTo("sps_invalid"));
  }

  private static ByteBuffer hex(String bytes) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(bytes));
  }
}
