package io.streaminfa.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.media.mp4.Mp4Reader.ReadSample;
import io.streaminfa.packager.hls.MediaPlaylist;
import io.streaminfa.packager.hls.MultivariantPlaylist;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.transcode.Rendition;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One uninterrupted live stream; the rules are those of the HLS checklist. */
final class LiveOutputTest {
  private static final Rendition.Video HIGH = Studio.high(1);
  private static final Rendition.Video LOW = Studio.low(2);
  private static final Rendition.Audio AUDIO_128 = Studio.audio("audio_128k", 3, 48_000);
  private static final Rendition.Audio AUDIO_96 = Studio.audio("audio_96k", 4, 48_000);
  private static final List<Rendition> ALL = List.of(HIGH, LOW, AUDIO_128, AUDIO_96);

  private final Studio studio = new Studio(true);

  @AfterEach
  void close() {
    studio.close();
  }

  private Feed feed(boolean reordered) {
    return new Feed(0)
        .video(HIGH, 0.8, reordered)
        .video(LOW, 0.6, reordered)
        .audio(AUDIO_128, 0.05)
        .audio(AUDIO_96, 0.05);
  }

  private void live(double seconds, boolean reordered) throws Exception {
    studio.packager.begin(ALL, Studio.anchor());
    feed(reordered).until(seconds, studio::write);
    studio.packager.awaitStored();
  }

  @Test
  void rules1And2And19SegmentsLastTheTargetDuration() throws Exception {
    live(61, false);
    for (Rendition rendition : ALL) {
      PlaylistView playlist = studio.playlist(rendition.name());
      assertThat(playlist.target()).isEqualTo(6);
      assertThat(playlist.all()).allSatisfy(e -> assertThat(e.seconds()).isBetween(5.97, 6.03));
      assertThat(playlist.ended()).isFalse();
      assertThat(playlist.type()).isEmpty();
    }
  }

  @Test
  void rule3And7TheWindowSlidesByOneAndKeepsItsSize() throws Exception {
    live(61, false);
    PlaylistView playlist = studio.playlist("high");
    assertThat(playlist.all()).hasSize(5);
    assertThat(playlist.sequence()).isEqualTo(5);
    assertThat(playlist.totalSeconds()).isGreaterThan(18);
  }

  @Test
  void rule5EverythingListedIsStored() throws Exception {
    live(61, false);
    for (Rendition rendition : ALL) {
      for (PlaylistView.Entry entry : studio.playlist(rendition.name()).all()) {
        assertThat(studio.stored(rendition.name(), entry.uri())).isNotNull();
        assertThat(studio.stored(rendition.name(), entry.map())).isNotNull();
      }
    }
  }

  @Test
  void theStoredPlaylistsAreTheServedOnesAndComeAfterTheirMedia() throws Exception {
    live(20, false);
    ObjectKey key = ObjectKey.mediaPlaylist(Studio.STREAM.value(), "low");
    PublishedPlaylist served = studio.packagers.playlist(key).orElseThrow();
    assertThat(studio.store.objects.get(key)).isEqualTo(served.text());
    ObjectKey last = ObjectKey.segment(Studio.STREAM.value(), "audio_96k", 2);
    assertThat(studio.store.puts.lastIndexOf(key)).isGreaterThan(studio.store.puts.indexOf(last));
    assertThat(served.isFinal()).isFalse();
    assertThat(new GZIPInputStream(inputOf(served)).readAllBytes())
        .isEqualTo(
            StandardCharsets.UTF_8
                .decode(served.text().duplicate())
                .toString()
                .getBytes(StandardCharsets.UTF_8));
  }

  private static InputStream inputOf(PublishedPlaylist playlist) {
    byte[] gzip = new byte[playlist.gzip().remaining()];
    playlist.gzip().duplicate().get(gzip);
    return new ByteArrayInputStream(gzip);
  }

  @Test
  void rule13And15ProgramDateTimeIsTheIngestClockInAllRenditions() throws Exception {
    live(61, false);
    for (Rendition rendition : ALL) {
      PlaylistView playlist = studio.playlist(rendition.name());
      for (PlaylistView.Entry entry : playlist.all()) {
        double offset = (entry.date().toEpochMilli() - Studio.NOON.toEpochMilli()) / 1000.0;
        assertThat(offset).isBetween(entry.number() * 6 - 0.02, entry.number() * 6 + 0.02);
      }
    }
  }

  @Test
  void rules16And18And31BoundariesLineUpAtSyncSamples() throws Exception {
    live(61, true);
    List<List<ReadSample>> high = studio.segments("high", studio.playlist("high"));
    List<List<ReadSample>> low = studio.segments("low", studio.playlist("low"));
    List<List<ReadSample>> audio = studio.segments("audio_128k", studio.playlist("audio_128k"));
    for (int i = 0; i < high.size(); i++) {
      ReadSample first = high.get(i).getFirst();
      assertThat(first.sync()).isTrue();
      assertThat(first.ptsTicks()).isEqualTo(900_000 + (5 + i) * 540_000L);
      assertThat(low.get(i).getFirst().ptsTicks()).isEqualTo(first.ptsTicks());
      assertThat(high.get(i).stream().filter(ReadSample::sync)).hasSize(3);
      double audioStart = audio.get(i).getFirst().dtsTicks() / 48_000.0;
      assertThat(audioStart - first.ptsTicks() / 90_000.0).isBetween(-512 / 48e3, 512 / 48e3);
    }
  }

  @Test
  void rules30And33EveryFrameOnceAndNoGapInDecodingTimes() throws Exception {
    live(61, true);
    studio.packager.finish();
    studio.packager.publishRecording();
    for (Rendition rendition : ALL) {
      List<List<ReadSample>> segments =
          studio.segments(rendition.name(), studio.playlist(rendition.name()));
      int perSecond = rendition.track().timescale().ticksPerSecond();
      long start = 10L * perSecond - (rendition instanceof Rendition.Video ? 6000 : 0);
      long next = start;
      Set<Object> seen = new HashSet<>();
      for (List<ReadSample> segment : segments) {
        for (ReadSample sample : segment) {
          assertThat(sample.dtsTicks()).isEqualTo(next);
          next += sample.durationTicks();
          assertThat(seen.add(sample.data())).isTrue();
        }
      }
      assertThat((next - start) / (double) perSecond).isBetween(61.0, 61.03);
      assertThat(seen).hasSize(rendition instanceof Rendition.Video ? 1830 : 2860);
    }
  }

  @Test
  void rule31CompositionOffsetsArePositiveAndShowEachPictureInItsPlace() throws Exception {
    live(13, true);
    List<ReadSample> first = studio.segments("high", studio.playlist("high")).getFirst();
    assertThat(first.stream().limit(7).map(ReadSample::offsetTicks))
        .containsExactly(6000L, 12_000L, 3000L, 3000L, 12_000L, 3000L, 3000L);
    assertThat(first.stream().map(ReadSample::ptsTicks).sorted().toList())
        .isEqualTo(LongStream.range(0, 180).map(n -> 900_000 + n * 3000).boxed().toList());
  }

  @Test
  void rule17TheSumOfExtinfIsTheRealDuration() throws Exception {
    live(61, false);
    studio.packager.finish();
    studio.packager.publishRecording();
    assertThat(studio.playlist("high").totalSeconds()).isBetween(60.9999, 61.0001);
    assertThat(studio.playlist("audio_96k").totalSeconds()).isBetween(61.0, 61.022);
  }

  @Test
  void rules21And22And26TheMultivariantPlaylistSaysWhatTheBytesAre() throws Exception {
    live(7, false);
    assertThat(studio.multivariant())
        .isEqualTo(
            """
            #EXTM3U
            #EXT-X-VERSION:7
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio_128k",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,\
            CHANNELS="2",URI="audio_128k/media.m3u8"
            #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio_96k",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,\
            CHANNELS="2",URI="audio_96k/media.m3u8"
            #EXT-X-STREAM-INF:BANDWIDTH=2552800,AVERAGE-BANDWIDTH=2140000,\
            CODECS="avc1.4D401F,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=30.000,AUDIO="audio_128k"
            high/media.m3u8
            #EXT-X-STREAM-INF:BANDWIDTH=2552800,AVERAGE-BANDWIDTH=2140000,\
            CODECS="avc1.4D401E,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=30.000,AUDIO="audio_96k"
            low/media.m3u8
            """);
    assertThat(MultivariantPlaylist.parse(studio.multivariant()).variants()).hasSize(2);
  }

  @Test
  void nothingIsPlayableBeforeEveryRenditionHasASegment() throws Exception {
    live(5.9, false);
    ObjectKey master = ObjectKey.multivariantPlaylist(Studio.STREAM.value());
    assertThat(studio.packagers.playlist(master)).isEmpty();
    assertThat(studio.heard).isEmpty();
    assertThat(studio.store.objects).isEmpty();
  }

  @Test
  void theListenerHearsOfEachSegmentAndOnceThatTheStreamIsPlayable() throws Exception {
    live(7, false);
    assertThat(studio.heard)
        .containsExactlyInAnyOrder("playable", "high 0", "low 0", "audio_128k 0", "audio_96k 0")
        .startsWith("playable");
  }

  @Test
  void recentMediaIsInMemoryAndIsWhatIsStored() throws Exception {
    live(121, false);
    String stream = Studio.STREAM.value();
    PlaylistView playlist = studio.playlist("high");
    for (long number = playlist.sequence() - 1; number < playlist.sequence() + 5; number++) {
      ObjectKey key = ObjectKey.segment(stream, "high", number);
      assertThat(studio.packagers.media(key)).contains(studio.store.objects.get(key));
    }
    ObjectKey older = ObjectKey.segment(stream, "high", playlist.sequence() - 2);
    assertThat(studio.packagers.media(older)).isEmpty();
    assertThat(studio.store.objects).containsKey(older);
    assertThat(studio.packagers.media(ObjectKey.init(stream, "low", 0))).isPresent();
  }

  @Test
  void everyServedMediaPlaylistParsesAndRendersToItself() throws Exception {
    live(61, false);
    ObjectKey key = ObjectKey.mediaPlaylist(Studio.STREAM.value(), "audio_128k");
    String text =
        StandardCharsets.UTF_8
            .decode(studio.packagers.playlist(key).orElseThrow().text().duplicate())
            .toString();
    assertThat(MediaPlaylist.parse(text).render()).isEqualTo(text);
    assertThat(text)
        .startsWith(
            """
            #EXTM3U
            #EXT-X-VERSION:7
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-TARGETDURATION:6
            #EXT-X-MEDIA-SEQUENCE:5
            #EXT-X-DISCONTINUITY-SEQUENCE:0
            #EXT-X-MAP:URI="init.mp4"
            #EXT-X-PROGRAM-DATE-TIME:2026-03-01T12:00:29.994Z
            #EXTINF:5.994666,
            000005.m4s
            """);
  }

  @Test
  void metricsCountSegmentsAndUpdates() throws Exception {
    live(13, false);
    assertThat(studio.registry.scrape().stream().map(s -> s.getMetadata().getPrometheusName()))
        .contains(
            "streaminfa_transcode_segments",
            "streaminfa_transcode_segment_duration_seconds",
            "streaminfa_package_segments_written",
            "streaminfa_package_manifest_updates",
            "streaminfa_package_mux_duration_seconds");
  }
}
