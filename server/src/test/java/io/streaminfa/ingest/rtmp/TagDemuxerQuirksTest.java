package io.streaminfa.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Sample;
import io.streaminfa.media.codec.AvcDecoderConfig;
import io.streaminfa.media.codec.NalUnits;
import io.streaminfa.media.codec.SpsBuilder;
import io.streaminfa.media.flv.TagSyntax;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What real encoders do to H.264, AAC and MP3 inside FLV. */
final class TagDemuxerQuirksTest {
  private static final ByteBuffer AUD = Publisher.hex("09f0");
  private static final ByteBuffer SEI = Publisher.hex("0605020000 80");
  private static final ByteBuffer FILLER = Publisher.hex("0cffffff80");
  private static final ByteBuffer INTRA = Publisher.hex("4188840a");
  private static final ByteBuffer RECOVERY_POINT = Publisher.hex("060601c480");

  private final Publisher publisher = new Publisher();
  private final RecordingSink sink = publisher.sink;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void everyNalLengthSizeBecomesFour(int lengthSizeBytes) throws Exception {
    publisher.audioHeader();
    publisher.aac(0);
    publisher.videoHeader(
        new AvcDecoderConfig(
                66, 0xc0, 10, lengthSizeBytes, List.of(Publisher.SPS), List.of(Publisher.PPS), null)
            .write());
    publisher.rawVideo(
        0, true, 0, NalUnits.writeLengthPrefixed(List.of(AUD, Publisher.IDR), lengthSizeBytes));

    assertThat(config().nalLengthSizeBytes()).isEqualTo(4);
    assertThat(sink.video().getFirst().data()).isEqualTo(Publisher.units(AUD, Publisher.IDR));
  }

  @Test
  void aHeaderInAnnexBIsTaken() throws Exception {
    publisher.mp3(0);
    publisher.videoHeader(NalUnits.writeAnnexB(List.of(Publisher.SPS, Publisher.PPS)));
    publisher.rawVideo(0, true, 0, NalUnits.writeAnnexB(List.of(AUD, Publisher.IDR)));
    publisher.rawVideo(40, false, 0, NalUnits.writeAnnexB(List.of(Publisher.INTER)));

    assertThat(config().sequenceParameterSets()).containsExactly(Publisher.SPS);
    assertThat(sink.video())
        .extracting(Sample::data)
        .containsExactly(
            Publisher.units(AUD, Publisher.IDR).asReadOnlyBuffer(),
            Publisher.units(Publisher.INTER).asReadOnlyBuffer());
    assertThat(publisher.defects).containsExactly("video_annex_b");
  }

  @Test
  void framesInAnnexBBehindAProperHeaderAreTaken() throws Exception {
    publisher.mp3(0);
    publisher.videoHeader();
    publisher.rawVideo(0, true, 0, NalUnits.writeAnnexB(List.of(Publisher.IDR)));
    publisher.rawVideo(40, false, 0, Publisher.hex("000001"));
    publisher.rawVideo(80, false, 0, NalUnits.writeAnnexB(List.of(Publisher.INTER)));

    assertThat(sink.video())
        .extracting(Sample::data)
        .containsExactly(
            Publisher.units(Publisher.IDR).asReadOnlyBuffer(),
            Publisher.units(Publisher.INTER).asReadOnlyBuffer());
  }

  @Test
  void aUnitOf300BytesIsNotMistakenForAStartCode() throws Exception {
    publisher.mp3(0);
    publisher.videoHeader();
    ByteBuffer idr = ByteBuffer.allocate(300).put(0, (byte) 0x65).put(1, (byte) 0x88);
    publisher.video(0, true, 0, idr);

    assertThat(sink.video().getFirst().data()).isEqualTo(Publisher.units(idr));
    assertThat(publisher.defects).isEmpty();
  }

  @Test
  void parameterSetsInBandAreEnough() throws Exception {
    publisher.mp3(0);
    publisher.rawVideo(
        0, true, 0, NalUnits.writeAnnexB(List.of(Publisher.SPS, Publisher.PPS, Publisher.IDR)));

    assertThat(config().pictureParameterSets()).containsExactly(Publisher.PPS);
    assertThat(sink.video()).hasSize(1);
  }

  @Test
  void equalParameterSetsInBandChangeNothing() throws Exception {
    start();
    publisher.video(40, true, 0, Publisher.SPS, Publisher.PPS, Publisher.IDR);
    assertThat(sink.starts).hasSize(1);
  }

  @Test
  void otherParameterSetsInBandAreANewTrack() throws Exception {
    start();
    ByteBuffer sps = new SpsBuilder().macroblocks(40, 30).build();
    publisher.video(40, true, 0, sps, Publisher.PPS, Publisher.IDR);

    assertThat(sink.starts).hasSize(2);
    assertThat(config().sequenceParameterSets()).containsExactly(sps);
  }

  @Test
  void parameterSetsInATagOfTheirOwnTravelWithTheNextPicture() throws Exception {
    start();
    ByteBuffer sps = new SpsBuilder().macroblocks(40, 30).build();
    publisher.video(40, false, 0, sps, Publisher.PPS);
    publisher.video(40, true, 0, Publisher.IDR);

    assertThat(config().sequenceParameterSets()).containsExactly(sps);
    assertThat(sink.video().getLast().data())
        .isEqualTo(Publisher.units(sps, Publisher.PPS, Publisher.IDR));
  }

  @Test
  void theKeyFrameFlagIsNotTrusted() throws Exception {
    publisher.mp3(0);
    publisher.videoHeader();
    publisher.video(0, true, 0, Publisher.INTER);
    assertThat(sink.starts).isEmpty();
    publisher.video(40, false, 0, Publisher.IDR);
    publisher.video(80, true, 0, Publisher.INTER);

    assertThat(sink.video()).extracting(Sample::sync).containsExactly(true, false);
    assertThat(publisher.defects).containsExactly("video_frame_before_key_frame");
  }

  @ParameterizedTest
  @CsvSource({"true, false, true", "false, true, true", "false, false, false"})
  void withoutAnyIdrAFlaggedEntryPointIsTakenAfterAWhile(
      boolean intra, boolean recoveryPoint, boolean taken) throws Exception {
    publisher.mp3(0);
    publisher.videoHeader();
    ByteBuffer slice = intra ? INTRA : Publisher.INTER;
    for (int i = 0; i < 2 * VideoTrackDemuxer.IDR_PATIENCE_FRAMES; i++) {
      boolean flagged = i % 30 == 0;
      if (flagged && recoveryPoint) {
        publisher.video(40L * i, true, 0, RECOVERY_POINT, slice);
      } else {
        publisher.video(40L * i, flagged, 0, flagged ? slice : Publisher.INTER);
      }
    }
    assertThat(sink.video().stream().filter(Sample::sync)).hasSize(taken ? 2 : 0);
  }

  @Test
  void fillerIsDroppedAndOtherUnitsStay() throws Exception {
    start();
    publisher.video(40, false, 0, AUD, SEI, Publisher.INTER, FILLER);
    assertThat(sink.video().getLast().data()).isEqualTo(Publisher.units(AUD, SEI, Publisher.INTER));
  }

  @Test
  void compositionTimesOfBothSignsArrive() throws Exception {
    start();
    publisher.video(40, false, 80, Publisher.INTER);
    publisher.video(80, false, -20, Publisher.INTER);
    publisher.video(120, false, -8_388_608, Publisher.INTER);

    assertThat(sink.video()).extracting(Sample::ptsTicks).containsExactly(0L, 120L, 60L, 120L);
    assertThat(publisher.defects).containsExactly("composition_time_repaired");
  }

  @Test
  void aRepairedTimeKeepsItsCompositionOffset() throws Exception {
    start();
    publisher.video(40, false, 0, Publisher.INTER);
    publisher.video(30, false, 80, Publisher.INTER);
    Sample last = sink.video().getLast();
    assertThat(last.dtsTicks()).isEqualTo(41);
    assertThat(last.ptsTicks()).isEqualTo(121);
    assertThat(publisher.defects).containsExactly("timestamp_repaired");
  }

  @Test
  void emptyTagsAndEndsOfSequenceAreHarmless() throws Exception {
    start();
    for (String tag : List.of("", "17", "1700000000", "1701000000", "1702000000", "5700")) {
      publisher.demuxer.video(50, Publisher.hex(tag));
    }
    for (String tag : List.of("", "af", "af00", "af01", "2f")) {
      publisher.demuxer.audio(50, Publisher.hex(tag));
    }
    publisher.inter(60);
    assertThat(sink.video()).hasSize(2);
    assertThat(sink.starts).hasSize(1);
    assertThat(publisher.defects).hasSize(10);
  }

  @Test
  void adtsIsUnwrapped() throws Exception {
    publisher.videoHeader();
    publisher.aac(0, Publisher.hex("fff15080017ffc 21004c61"));
    publisher.key(0);
    publisher.aac(23, Publisher.hex("fff15080017ffc 21004c61"));

    assertThat(sink.tracks().getLast().config())
        .isEqualTo(new CodecConfig.Aac(Publisher.AAC_CONFIG));
    assertThat(sink.audio().getLast().data()).isEqualTo(Publisher.AAC_FRAME);
    assertThat(publisher.defects).containsExactly("audio_adts", "audio_adts");
  }

  @Test
  void soundBeforeItsHeaderIsSkipped() throws Exception {
    start();
    publisher.aac(30);
    publisher.audioHeader();
    publisher.aac(46);
    assertThat(sink.audio().getLast().dtsTicks()).isEqualTo(46);
    assertThat(publisher.defects).containsExactly("audio_frame_before_config");
  }

  @Test
  void aPictureTooLargeIsRefused() {
    ByteBuffer sps = new SpsBuilder().macroblocks(257, 100).build();
    assertRefused(
        "resolution_too_large",
        () ->
            publisher.videoHeader(
                AvcDecoderConfig.of(List.of(sps), List.of(Publisher.PPS)).write()));
  }

  @Test
  void aPictureThatGrowsTooLargeInBandIsRefused() throws Exception {
    start();
    ByteBuffer sps = new SpsBuilder().macroblocks(100, 257).build();
    assertRefused("resolution_too_large", () -> publisher.video(40, true, 0, sps, Publisher.IDR));
  }

  @Test
  void codecsThatAreNotAllowedAreRefused() {
    Publisher none = new Publisher(TagSyntax.LEGACY, List.of("hevc"), List.of("opus"));
    assertRefused("video_codec_h264", none::videoHeader);
    assertRefused("audio_codec_aac", none::audioHeader);
    assertRefused("audio_codec_mp3", () -> none.mp3(0));
  }

  @Test
  void otherCodecsAreRefusedByName() {
    assertRefused("audio_codec_speex", () -> publisher.demuxer.audio(0, Publisher.hex("b200")));
    assertRefused("video_codec_hevc", () -> publisher.demuxer.video(0, Publisher.hex("1c00")));
  }

  @Test
  void aFrameOfNothingButParameterSetsIsRefused() throws Exception {
    start();
    ByteBuffer[] units = Collections.nCopies(65, Publisher.PPS).toArray(ByteBuffer[]::new);
    assertRefused("avc_parameter_set_count", () -> publisher.video(40, false, 0, units));
  }

  @Test
  void aFrameThatLiesAboutItsLengthsIsRefused() throws Exception {
    start();
    assertRefused(
        "avc_nal_truncated", () -> publisher.rawVideo(40, false, 0, Publisher.hex("000000ff419a")));
  }

  private void start() throws MediaFormatException, InterruptedException {
    publisher.mp3(0);
    publisher.videoHeader();
    publisher.key(0);
  }

  private AvcDecoderConfig config() throws MediaFormatException {
    CodecConfig.Avc avc = (CodecConfig.Avc) sink.tracks().getFirst().config();
    return AvcDecoderConfig.parse(avc.decoderConfigurationRecord());
  }

  private static void assertRefused(String code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MediaFormatException.class, e -> assertThat(e.defectCode()).isEqualTo(code));
  }
}
