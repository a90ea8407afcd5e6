package io.streaminfa.packager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Track;
import io.streaminfa.media.mp4.Mp4Reader;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.units.Resolution;
import io.streaminfa.units.Timescale;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to playlists when the publisher or the encoders come and go. */
final class ReconnectTest {
  private static final Rendition.Video HIGH = Studio.high(1);
  private static final Rendition.Video LOW = Studio.low(2);
  private static final Rendition.Audio AUDIO_128 = Studio.audio("audio_128k", 3, 48_000);
  private static final Rendition.Audio AUDIO_96 = Studio.audio("audio_96k", 4, 48_000);
  private static final List<Rendition> ALL = List.of(HIGH, LOW, AUDIO_128, AUDIO_96);
  private static final List<Rendition> UPPER = List.of(HIGH, AUDIO_128);

  private final Studio studio = new Studio(true);

  @AfterEach
  void close() {
    studio.close();
  }

  private void run(List<Rendition> renditions, double from, double to) throws Exception {
    run(renditions, from, to, Studio.anchor());
  }

  private void run(List<Rendition> renditions, double from, double to, Anchor anchor)
      throws Exception {
    studio.packager.begin(renditions, anchor);
    Feed feed = new Feed(from);
    for (Rendition rendition : renditions) {
      switch (rendition) {
        case Rendition.Video video -> feed.video(video, 0.5, true);
        case Rendition.Audio audio -> feed.audio(audio, 0);
      }
    }
    feed.until(to, studio::write);
    studio.packager.endEpoch();
    studio.packager.awaitStored();
  }

  private List<PlaylistView> recorded(List<Rendition> renditions) throws Exception {
    studio.packager.finish();
    studio.packager.publishRecording();
    List<PlaylistView> playlists = new ArrayList<>();
    for (Rendition rendition : renditions) {
      playlists.add(studio.playlist(rendition.name()));
    }
    return playlists;
  }

  @Test
  void rules3And11And14OneDiscontinuityInAllRenditions() throws Exception {
    run(ALL, 0, 15);
    run(ALL, 20, 33);
    for (PlaylistView playlist : recorded(ALL)) {
      assertThat(playlist.sequence()).isZero();
      assertThat(playlist.all())
          .extracting(PlaylistView.Entry::discontinuity)
          .containsExactly(false, false, false, true, false, false);
      assertThat(playlist.all()).extracting(PlaylistView.Entry::uri).last().isEqualTo("000005.m4s");
      assertThat(playlist.all()).extracting(PlaylistView.Entry::map).containsOnly("init.mp4");
    }
    assertThat(studio.playlist("high").all())
        .extracting(PlaylistView.Entry::seconds)
        .containsExactly(6.0, 6.0, 3.0, 4.0, 6.0, 3.0);
  }

  @Test
  void theTimelineAndTheSequenceNumbersGoOn() throws Exception {
    run(ALL, 0, 15);
    run(ALL, 20, 33);
    PlaylistView playlist = recorded(ALL).getFirst();
    var fourth = studio.segments("high", playlist).get(3).getFirst();
    assertThat(fourth.ptsTicks()).isEqualTo((10 + 20) * 90_000L);
    List<Long> numbers = new ArrayList<>();
    for (PlaylistView.Entry entry : playlist.all()) {
      numbers.addAll(Mp4Reader.sequenceNumbers(studio.stored("high", entry.uri())));
    }
    assertThat(numbers).isSorted().doesNotHaveDuplicates().startsWith(1L);
  }

  @Test
  void rule13DatesJumpWithTheClockButNeverBackwards() throws Exception {
    run(ALL, 0, 12);
    run(ALL, 12, 18, new Anchor(12_000, Studio.NOON.plusSeconds(40)));
    run(ALL, 18, 24, new Anchor(18_000, Studio.NOON));
    assertThat(recorded(ALL).getFirst().all())
        .extracting(PlaylistView.Entry::date)
        .containsExactly(
            Studio.NOON,
            Studio.NOON.plusSeconds(6),
            Studio.NOON.plusSeconds(40),
            Studio.NOON.plusSeconds(46));
    List<Instant> audio =
        studio.playlist("audio_96k").all().stream().map(PlaylistView.Entry::date).toList();
    assertThat(audio).isSorted();
  }

  @Test
  void anEpochWithoutASegmentWastesNoDiscontinuity() throws Exception {
    run(ALL, 0, 12);
    studio.packager.begin(ALL, Studio.anchor());
    studio.packager.endEpoch();
    studio.packager.begin(ALL, Studio.anchor());
    run(ALL, 20, 25);
    assertThat(recorded(ALL).getFirst().all())
        .extracting(PlaylistView.Entry::discontinuity)
        .containsExactly(false, false, true, false);
  }

  @Test
  void aFirstEpochWithoutASegmentLeavesNoTrace() throws Exception {
    studio.packager.begin(ALL, Studio.anchor());
    studio.packager.endEpoch();
    run(ALL, 0, 7);
    assertThat(recorded(ALL).getFirst().all())
        .extracting(PlaylistView.Entry::discontinuity)
        .containsExactly(false, false);
  }

  @Test
  void anotherConfigurationGetsAnotherInitSegment() throws Exception {
    run(UPPER, 0, 6);
    Rendition.Video other =
        Studio.video("high", 9, Studio.AVC_360, new Resolution(640, 360), "audio_128k");
    run(List.of(other, AUDIO_128), 6, 12);
    run(List.of(other, AUDIO_128), 12, 18);
    List<PlaylistView> playlists = recorded(UPPER);
    assertThat(playlists.getFirst().all())
        .extracting(PlaylistView.Entry::map)
        .containsExactly("init.mp4", "init_1.mp4", "init_1.mp4");
    assertThat(playlists.getLast().all())
        .extracting(PlaylistView.Entry::map)
        .containsOnly("init.mp4");
    assertThat(studio.stored("high", "init_1.mp4")).isNotEqualTo(studio.stored("high", "init.mp4"));
    assertThat(studio.multivariant()).contains("CODECS=\"avc1.4D401F,avc1.4D401E,mp4a.40.2\"");
  }

  @Test
  void rules12And14ARenditionThatComesLateIsBackfilledWithGaps() throws Exception {
    run(UPPER, 0, 15);
    run(ALL, 15, 27);
    assertThat(studio.multivariant()).contains("low/media.m3u8");
    List<PlaylistView> playlists = recorded(ALL);
    PlaylistView low = playlists.get(1);
    assertThat(low.all())
        .extracting(PlaylistView.Entry::gap)
        .containsExactly(true, true, true, false, false, false);
    assertThat(low.all())
        .extracting(PlaylistView.Entry::seconds)
        .containsExactly(6.0, 6.0, 3.0, 3.0, 6.0, 3.0);
    assertThat(playlists)
        .allSatisfy(
            p ->
                assertThat(p.all())
                    .extracting(PlaylistView.Entry::discontinuity)
                    .containsExactly(false, false, false, true, false, false));
  }

  @Test
  void rule12ARenditionThatGoesGetsGaps() throws Exception {
    run(ALL, 0, 12);
    run(UPPER, 12, 24);
    assertThat(studio.multivariant()).doesNotContain("low/media.m3u8");
    assertThat(studio.playlist("low").all())
        .extracting(PlaylistView.Entry::gap)
        .containsExactly(false, false, true, true);
    assertThat(studio.playlist("audio_96k").all()).hasSize(4);
  }

  @Test
  void rule11TheDiscontinuitySequenceGrowsAsTheyLeaveEqualEverywhere() throws Exception {
    long previous = 0;
    for (int i = 0; i < 20; i++) {
      run(ALL, i * 7, i * 7 + 7);
      PlaylistView high = studio.playlist("high");
      for (Rendition rendition : ALL) {
        PlaylistView playlist = studio.playlist(rendition.name());
        assertThat(playlist.sequence()).isEqualTo(high.sequence());
        assertThat(playlist.discontinuities()).isEqualTo(high.discontinuities());
        assertThat(playlist.all())
            .extracting(PlaylistView.Entry::discontinuitySequence)
            .isEqualTo(high.all().stream().map(PlaylistView.Entry::discontinuitySequence).toList());
      }
      assertThat(high.totalSeconds()).isGreaterThanOrEqualTo(Math.min(18, (i + 1) * 7));
      assertThat(high.discontinuities()).isGreaterThanOrEqualTo(previous);
      assertThat(high.all().getLast().discontinuitySequence()).isEqualTo(i);
      previous = high.discontinuities();
    }
    assertThat(previous).isGreaterThan(10);
  }

  @Test
  void encodersThatAreCutOffLeaveNoRowThatSomeVideosLack() throws Exception {
    studio.packager.begin(ALL, Studio.anchor());
    new Feed(0)
        .video(HIGH, 0, false)
        .audio(AUDIO_128, 0)
        .audio(AUDIO_96, 0)
        .video(LOW, 0, false)
        .keeping(s -> s.trackId() != 2 || s.dtsTicks() < 11.7 * 90_000)
        .until(12.2, studio::write);
    studio.packager.endEpoch();
    List<PlaylistView> playlists = recorded(ALL);
    assertThat(playlists).allSatisfy(p -> assertThat(p.all()).hasSize(2));
    assertThat(playlists.get(1).all().getLast().seconds()).isEqualTo(5.7);
  }

  @Test
  void aCodecThatCannotBePackagedIsRefused() {
    Rendition.Audio mp3 =
        new Rendition.Audio(
            "audio_128k",
            new Track(1, new Timescale(48_000), new CodecConfig.Mp3()),
            AUDIO_128.bitrate(),
            48_000,
            2);
    assertThatThrownBy(() -> studio.packager.begin(List.of(mp3), Studio.anchor()))
        .isInstanceOfSatisfying(
            MediaFormatException.Unsupported.class,
            e -> assertThat(e.defectCode()).isEqualTo("codec_not_packaged"));
  }

  @Test
  void aClosedPackagerLeavesPlayersToTheStore() throws Exception {
    run(UPPER, 0, 7);
    studio.packager.close();
    assertThat(studio.packagers.playlist(ObjectKey.multivariantPlaylist(Studio.STREAM.value())))
        .isEmpty();
    studio.packagers.open(Studio.STREAM, () -> true, studio).close();
  }

  @Test
  void aStreamHasOnePackager() {
    assertThatThrownBy(() -> studio.packagers.open(Studio.STREAM, () -> true, studio))
        .isInstanceOf(IllegalStateException.class);
    assertThat(studio.packagers.playlist(ObjectKey.multivariantPlaylist("nobody"))).isEmpty();
  }
}
