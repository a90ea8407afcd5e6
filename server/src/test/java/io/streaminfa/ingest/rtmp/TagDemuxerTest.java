package io.streaminfa.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.media.codec.AvcDecoderConfig;
import io.streaminfa.media.codec.SpsBuilder;
import io.streaminfa.media.flv.TagSyntax;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When tracks are announced, when they change, and where time begins. */
final class TagDemuxerTest {
  private final Publisher publisher = new Publisher();
  private final RecordingSink sink = publisher.sink;

  @ParameterizedTest
  @EnumSource
  void bothTracksAreAnnouncedAtTheFirstKeyFrame(TagSyntax syntax) throws Exception {
    Publisher either = new Publisher(syntax, List.of("h264"), List.of("aac"));
    either.videoHeader();
    either.audioHeader();
    either.aac(0);
    assertThat(either.sink.starts).isEmpty();
    either.key(0);
    either.aac(23);
    either.inter(40);

    assertThat(either.sink.starts).hasSize(1);
    assertThat(either.sink.tracks())
        .extracting(Track::config)
        .containsExactly(
            new CodecConfig.Avc(
                AvcDecoderConfig.of(List.of(Publisher.SPS), List.of(Publisher.PPS)).write()),
            new CodecConfig.Aac(Publisher.AAC_CONFIG));
    assertThat(either.sink.video()).extracting(Sample::dtsTicks).containsExactly(0L, 40L);
    assertThat(either.sink.video()).extracting(Sample::sync).containsExactly(true, false);
    assertThat(either.sink.audio()).extracting(Sample::dtsTicks).containsExactly(0L, 23L);
    assertThat(either.defects).isEmpty();
  }

  @Test
  void soundThatComesSecondsBeforeThePictureIsDroppedAndSyncIsExact() throws Exception {
    publisher.audioHeader();
    for (long ms = 0; ms < 2_000; ms += 23) {
      publisher.aac(ms);
    }
    publisher.aac(2_020);
    publisher.videoHeader();
    publisher.key(2_000);
    publisher.aac(2_043);
    publisher.inter(2_040);

    assertThat(sink.starts).hasSize(1);
    assertThat(sink.video()).extracting(Sample::dtsTicks).containsExactly(0L, 40L);
    assertThat(sink.audio()).extracting(Sample::dtsTicks).containsExactly(20L, 43L);
  }

  @Test
  void soundStartsWithTheFirstShownPicture() throws Exception {
    publisher.videoHeader();
    publisher.audioHeader();
    publisher.video(1_000, true, 80, Publisher.IDR);
    publisher.aac(1_000);
    publisher.aac(1_079);
    publisher.aac(1_102);

    assertThat(sink.video().getFirst().dtsTicks()).isZero();
    assertThat(sink.video().getFirst().ptsTicks()).isEqualTo(80);
    assertThat(sink.audio()).extracting(Sample::dtsTicks).containsExactly(102L);
  }

  @Test
  void soundWithinTheWaitIsAnnouncedWithThePicture() throws Exception {
    publisher.videoHeader();
    publisher.key(0);
    for (long ms = 40; ms <= 960; ms += 40) {
      publisher.inter(ms);
    }
    assertThat(sink.starts).isEmpty();
    publisher.audioHeader();
    publisher.aac(970);

    assertThat(sink.starts).hasSize(1);
    assertThat(sink.tracks()).hasSize(2);
    assertThat(sink.video()).hasSize(25);
    assertThat(sink.audio()).extracting(Sample::dtsTicks).containsExactly(970L);
  }

  @Test
  void aHeaderOfSoundWithoutSoundDoesNotAnnounceATrack() throws Exception {
    publisher.videoHeader();
    publisher.audioHeader();
    for (long ms = 0; ms <= 1_000; ms += 40) {
      publisher.video(ms, ms == 0, 0, ms == 0 ? Publisher.IDR : Publisher.INTER);
    }
    assertThat(sink.tracks()).hasSize(1);
  }

  @Test
  void videoOnlyIsAnnouncedAfterASecondAndSoundMayComeLater() throws Exception {
    publisher.videoHeader();
    publisher.key(0);
    for (long ms = 40; ms <= 1_000; ms += 40) {
      publisher.inter(ms);
    }
    assertThat(sink.tracks()).hasSize(1);
    assertThat(sink.video()).hasSize(26);

    publisher.audioHeader();
    publisher.aac(1_010);
    publisher.inter(1_040);

    assertThat(sink.starts).hasSize(2);
    assertThat(sink.tracks()).hasSize(2);
    assertThat(sink.tracks().getFirst()).isEqualTo(sink.starts.getFirst().getFirst());
    assertThat(sink.audio()).extracting(Sample::dtsTicks).containsExactly(1_010L);
  }

  @Test
  void aSourceThatFallsSilentWhileSoundIsAwaitedIsAnnouncedByTheClock() throws Exception {
    publisher.videoHeader();
    publisher.key(0);
    publisher.pass(Duration.ofMillis(1_900));
    assertThat(sink.starts).isEmpty();
    publisher.pass(Duration.ofMillis(200));
    assertThat(sink.tracks()).hasSize(1);
    assertThat(sink.video()).hasSize(1);
  }

  @Test
  void whatWaitsForSoundIsBounded() throws Exception {
    publisher.videoHeader();
    publisher.key(0);
    ByteBuffer big = ByteBuffer.allocate(3 << 20).put(0, (byte) 0x41).put(1, (byte) 0x9a);
    for (int i = 1; i <= 6; i++) {
      publisher.video(i, false, 0, big);
    }
    assertThat(sink.tracks()).hasSize(1);
    assertThat(sink.video()).hasSize(7);
  }

  @Test
  void theSameHeaderAgainChangesNothing() throws Exception {
    start();
    publisher.videoHeader();
    publisher.audioHeader();
    publisher.inter(40);
    publisher.aac(46);

    assertThat(sink.starts).hasSize(1);
    assertThat(sink.samples).hasSize(4);
  }

  @Test
  void anotherVideoHeaderIsANewTrackFromItsKeyFrameOn() throws Exception {
    start();
    ByteBuffer sps = new SpsBuilder().macroblocks(40, 30).build();
    publisher.videoHeader(AvcDecoderConfig.of(List.of(sps), List.of(Publisher.PPS)).write());
    publisher.inter(40);
    assertThat(sink.starts).hasSize(1);
    publisher.key(80);

    assertThat(sink.starts).hasSize(2);
    List<Track> before = sink.starts.getFirst();
    assertThat(sink.tracks().getFirst().id()).isNotEqualTo(before.getFirst().id());
    assertThat(sink.tracks().getLast()).isEqualTo(before.getLast());
    assertThat(sink.video().getLast().trackId()).isEqualTo(sink.tracks().getFirst().id());
    assertThat(publisher.defects).containsExactly("video_frame_before_key_frame");
  }

  @Test
  void anotherAudioHeaderIsANewTrackAtOnce() throws Exception {
    start();
    publisher.audioHeader(Publisher.hex("1190"));
    publisher.aac(46);

    assertThat(sink.starts).hasSize(2);
    assertThat(sink.tracks().getLast().config())
        .isEqualTo(new CodecConfig.Aac(Publisher.hex("1190")));
    assertThat(sink.tracks().getFirst()).isEqualTo(sink.starts.getFirst().getFirst());
  }

  @Test
  void aConfigurationThatNeverRestsIsRefused() throws Exception {
    start();
    assertRefused(
        "codec_config_unstable",
        () -> {
          for (int i = 0; i < 100; i++) {
            publisher.audioHeader(Publisher.hex(i % 2 == 0 ? "1190" : "1210"));
            publisher.aac(100 + 23L * i);
          }
        });
  }

  @Test
  void aConfigurationMayChangeOncePerMinuteForEver() throws Exception {
    start();
    for (int i = 0; i < 100; i++) {
      publisher.audioHeader(Publisher.hex(i % 2 == 0 ? "1190" : "1210"));
      publisher.aac(100 + 23L * i);
      publisher.pass(Duration.ofMinutes(1));
    }
    assertThat(sink.starts).hasSize(101);
  }

  @Test
  void mp3NeedsNoHeader() throws Exception {
    publisher.videoHeader();
    publisher.mp3(0);
    publisher.key(0);
    publisher.mp3(26);

    assertThat(sink.tracks().getLast().config()).isEqualTo(new CodecConfig.Mp3());
    assertThat(sink.audio()).hasSize(2);
  }

  @Test
  void soundWithoutPictureIsRefusedAfterTheTimeout() throws Exception {
    publisher.audioHeader();
    publisher.aac(0);
    publisher.pass(Duration.ofMillis(9_900));
    publisher.aac(9_900);
    assertRefused("no_video", () -> publisher.pass(Duration.ofMillis(200)));
  }

  @Test
  void pictureWithoutKeyFrameIsRefusedAfterTheTimeout() throws Exception {
    publisher.videoHeader();
    publisher.inter(0);
    publisher.pass(Duration.ofMillis(9_900));
    assertRefused("no_key_frame", () -> publisher.pass(Duration.ofMillis(200)));
  }

  @Test
  void aPublisherThatSendsNothingIsNotThisTimeoutsBusiness() throws Exception {
    publisher.pass(Duration.ofHours(1));
    assertThat(sink.starts).isEmpty();
  }

  @Test
  void aShortStreamIsHandedOnAtItsEnd() throws Exception {
    publisher.videoHeader();
    publisher.key(0);
    publisher.inter(40);
    publisher.end(EndReason.CLEAN);
    publisher.end(EndReason.CLEAN);

    assertThat(sink.video()).hasSize(2);
    assertThat(sink.ends).containsExactly(EndReason.CLEAN);
  }

  @Test
  void aRefusedStreamIsNotHandedOn() throws Exception {
    publisher.videoHeader();
    publisher.key(0);
    publisher.end(EndReason.REFUSED);

    assertThat(sink.starts).isEmpty();
    assertThat(sink.ends).containsExactly(EndReason.REFUSED);
  }

  @Test
  void timeGoesOnWhereTheWireWrapsAndOverALeap() throws Exception {
    publisher.videoHeader();
    publisher.audioHeader();
    long firstMs = 0xffff_ffffL - 999;
    publisher.key(firstMs);
    publisher.aac(firstMs);
    for (long ms = 40; ms < 3_000; ms += 40) {
      publisher.inter((firstMs + ms) & 0xffff_ffffL);
      publisher.aac((firstMs + ms) & 0xffff_ffffL);
    }
    publisher.inter(900_000);
    publisher.aac(900_000);

    assertThat(sink.video().getLast().dtsTicks()).isEqualTo(3_000);
    assertThat(sink.audio().getLast().dtsTicks()).isEqualTo(3_000);
    assertThat(publisher.defects).containsExactly("timestamp_jump");
  }

  private void start() throws MediaFormatException, InterruptedException {
    publisher.videoHeader();
    publisher.audioHeader();
    publisher.key(0);
    publisher.aac(23);
  }

  private static void assertRefused(String code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MediaFormatException.class, e -> assertThat(e.defectCode()).isEqualTo(code));
  }
}
