package io.streaminfa.packager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.streaminfa.media.Sample;
import io.streaminfa.media.mp4.Mp4Reader.ReadSample;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.StorageException;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.units.Resolution;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class VodPackagerTest {
  private static final Rendition.Video HIGH = Studio.high(1);
  private static final Rendition.Video LOW =
      Studio.video("low", 2, Studio.AVC_360, new Resolution(640, 360), "audio_128k");
  private static final Rendition.Audio AUDIO = Studio.audio("audio_128k", 3, 44_100);
  private static final List<Rendition> VIDEOS = List.of(HIGH, LOW);
  private static final List<Rendition> ALL = List.of(HIGH, LOW, AUDIO);

  private final VodStudio studio = new VodStudio();
  private VodPackager packager = studio.packager(ALL);

  private List<VodSegment> chunk(List<? extends Rendition> renditions, double from, double to)
      throws Exception {
    return VodStudio.chunk(packager, renditions, from, to);
  }

  private List<Long> listed(String rendition) {
    return studio.playlist(rendition).stream()
        .flatMap(playlist -> playlist.all().stream())
        .map(PlaylistView.Entry::number)
        .toList();
  }

  private void assertListed(Long... numbers) {
    for (Rendition rendition : ALL) {
      assertThat(listed(rendition.name())).as(rendition.name()).containsExactly(numbers);
    }
  }

  @Test
  void onlyRowsThatAreWholeFromTheFirstOnAreListedWhileMoreCome() throws Exception {
    chunk(List.of(AUDIO), 0, 30);
    chunk(VIDEOS, 12, 24);
    assertThat(studio.playlist("high")).isEmpty();
    assertThat(studio.multivariant()).isEmpty();
    chunk(List.of(HIGH), 0, 12);
    assertThat(studio.playlist("high")).isEmpty();
    assertThat(studio.heard).doesNotContain("playable");
    chunk(List.of(LOW), 0, 12);
    assertListed(0L, 1L, 2L, 3L);
    PlaylistView playlist = studio.playlist("low").orElseThrow();
    assertThat(playlist.type()).isEqualTo("EVENT");
    assertThat(playlist.ended()).isFalse();
    assertThat(playlist.sequence()).isZero();
    assertThat(studio.multivariant().orElseThrow()).contains("high/media.m3u8", "low/media.m3u8");
    assertThat(studio.heard).containsOnlyOnce("playable");
  }

  @Test
  void aPlaylistGrowsByOneRowAfterTheOther() throws Exception {
    chunk(List.of(AUDIO), 0, 30);
    chunk(List.of(LOW), 0, 30);
    studio.store.puts.clear();
    List<Integer> lengths = new ArrayList<>();
    VodChunkWriter writer = packager.begin(List.of(HIGH));
    for (Sample sample : VodStudio.samples(List.of(HIGH), 0, 30)) {
      writer.write(sample);
      lengths.add(listed("high").size());
    }
    writer.end(VodStudio.ends(List.of(HIGH), 30));
    assertThat(lengths).isSorted().contains(0, 1, 2, 3, 4);
    assertListed(0L, 1L, 2L, 3L, 4L);
  }

  @Test
  void aPlaylistThatGrowsFasterThanPlayersLookIsStoredOnceASegmentsDuration() throws Exception {
    chunk(List.of(AUDIO), 0, 600);
    chunk(List.of(LOW), 0, 600);
    chunk(List.of(HIGH), 0, 6);
    assertListed(0L);
    studio.store.puts.clear();

    // A hundred rows within half a minute, ten of them a segment's duration after the last.
    studio.pace = Duration.ofMillis(300);
    chunk(List.of(HIGH), 6, 600);

    ObjectKey playlist = ObjectKey.mediaPlaylist(Studio.STREAM.value(), "high");
    assertThat(studio.store.puts.stream().filter(playlist::equals).count()).isBetween(3L, 8L);
    packager.finish();
    assertThat(listed("high")).hasSize(100);
  }

  @Test
  void afterARestartAPlaylistNeverShrinks() throws Exception {
    List<VodSegment> sound = chunk(List.of(AUDIO), 0, 36);
    List<VodSegment> first = chunk(VIDEOS, 0, 12);
    // A try whose process died: its segments are listed, and its result is not kept.
    chunk(VIDEOS, 12, 24);
    assertListed(0L, 1L, 2L, 3L);
    PlaylistView before = studio.playlist("high").orElseThrow();

    packager = studio.packager(ALL);
    packager.restore(List.of(AUDIO), sound);
    packager.restore(VIDEOS, first);
    assertThat(studio.playlist("high")).contains(before);
    chunk(VIDEOS, 24, 36);
    assertThat(studio.playlist("high")).contains(before);
    chunk(VIDEOS, 12, 24);
    assertListed(0L, 1L, 2L, 3L, 4L, 5L);
    assertThat(studio.playlist("high").orElseThrow().all().subList(0, 4)).isEqualTo(before.all());
  }

  @Test
  void aProcessThatDiedBeforeTheMultivariantPlaylistLeavesItToTheNext() throws Exception {
    ObjectKey master = ObjectKey.multivariantPlaylist(Studio.STREAM.value());
    studio.store.failing = master::equals;
    List<VodSegment> sound = chunk(List.of(AUDIO), 0, 24);
    List<VodSegment> low = chunk(List.of(LOW), 0, 12);
    assertThatThrownBy(() -> chunk(List.of(HIGH), 0, 12)).isInstanceOf(StorageException.class);
    assertThat(listed("high")).containsExactly(0L);
    studio.store.failing = _ -> false;

    packager = studio.packager(ALL);
    packager.restore(List.of(AUDIO), sound);
    packager.restore(List.of(LOW), low);
    chunk(List.of(HIGH), 0, 6);
    assertThat(studio.multivariant()).isPresent();
    assertThat(studio.heard).containsOnlyOnce("playable");
  }

  @Test
  void aMultivariantPlaylistThatFailedIsStoredWithTheNextSegment() throws Exception {
    ObjectKey master = ObjectKey.multivariantPlaylist(Studio.STREAM.value());
    studio.store.failing = master::equals;
    chunk(List.of(AUDIO), 0, 24);
    chunk(List.of(LOW), 0, 12);
    assertThatThrownBy(() -> chunk(List.of(HIGH), 0, 12)).isInstanceOf(StorageException.class);
    studio.store.failing = _ -> false;
    chunk(List.of(HIGH), 0, 6);
    assertThat(studio.multivariant()).isPresent();
  }

  @Test
  void theEndMakesAVideoOnDemandWithMeasuredBandwidth() throws Exception {
    chunk(List.of(AUDIO), 0, 40);
    chunk(VIDEOS, 0, 24);
    chunk(VIDEOS, 24, 40);
    assertThat(studio.multivariant().orElseThrow()).contains("BANDWIDTH=2");
    assertThat(packager.finish()).isEqualTo(Duration.ofSeconds(40));
    assertListed(0L, 1L, 2L, 3L, 4L, 5L, 6L);
    for (Rendition rendition : ALL) {
      PlaylistView playlist = studio.playlist(rendition.name()).orElseThrow();
      assertThat(playlist.type()).isEqualTo("VOD");
      assertThat(playlist.ended()).isTrue();
      assertThat(playlist.totalSeconds()).isCloseTo(40, within(0.03));
      assertThat(playlist.all()).noneMatch(PlaylistView.Entry::gap);
    }
    assertThat(bandwidths()).hasSize(2).allSatisfy(b -> assertThat(b).isBetween(5_000L, 60_000L));
    List<ReadSample> pictures = studio.samples("high", studio.playlist("high").orElseThrow());
    assertThat(pictures).hasSize(40 * 30);
  }

  private List<Long> bandwidths() {
    Matcher matcher =
        Pattern.compile("[:,]BANDWIDTH=([0-9]+)").matcher(studio.multivariant().orElseThrow());
    List<Long> all = new ArrayList<>();
    while (matcher.find()) {
      all.add(Long.parseLong(matcher.group(1)));
    }
    return all;
  }

  @Test
  void aRowThatOneRenditionLacksIsAGapInIt() throws Exception {
    chunk(List.of(AUDIO), 0, 36);
    chunk(List.of(HIGH), 0, 36);
    chunk(List.of(LOW), 0, 12);
    chunk(List.of(LOW), 18, 36);
    assertListed(0L, 1L);
    packager.finish();
    assertListed(0L, 1L, 2L, 3L, 4L, 5L);
    assertThat(studio.playlist("low").orElseThrow().all())
        .extracting(PlaylistView.Entry::gap)
        .containsExactly(false, false, true, false, false, false);
    assertThat(studio.playlist("high").orElseThrow().all()).noneMatch(PlaylistView.Entry::gap);
  }

  @Test
  void soundThatOutlastsThePicturesByARowIsNotListed() throws Exception {
    chunk(List.of(AUDIO), 0, 24.2);
    chunk(VIDEOS, 0, 24);
    packager.finish();
    assertListed(0L, 1L, 2L, 3L);
    assertThat(studio.segment("audio_128k", 4).remaining()).isPositive();
  }

  @Test
  void finishingTwiceGivesTheSamePlaylists() throws Exception {
    List<VodSegment> sound = chunk(List.of(AUDIO), 0, 24);
    List<VodSegment> pictures = chunk(VIDEOS, 0, 24);
    packager.finish();
    Map<ObjectKey, ByteBuffer> before = Map.copyOf(studio.store.objects);
    packager = studio.packager(ALL);
    packager.restore(List.of(AUDIO), sound);
    packager.restore(VIDEOS, pictures);
    assertThat(studio.store.objects).isEqualTo(before);
    packager.finish();
    assertThat(studio.store.objects).isEqualTo(before);
  }

  @Test
  void chunksThatAreConfiguredDifferentlyAreRefused() throws Exception {
    chunk(VIDEOS, 0, 12);
    Rendition.Video other =
        Studio.video("high", 1, Studio.AVC_360, new Resolution(1280, 720), "audio_128k");
    assertThatThrownBy(() -> packager.begin(List.of(other)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("high");
  }

  @Test
  void aRenditionThatNobodyExpectsIsRefused() {
    Rendition.Audio other = Studio.audio("audio_64k", 4, 44_100);
    assertThatThrownBy(() -> packager.begin(List.of(other)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("audio_64k");
  }

  @Test
  void everyFailureOfTheStoreIsTheCallers() throws Exception {
    for (String part : List.of("init", "m4s", "media.m3u8", "master")) {
      VodStudio broken = new VodStudio();
      broken.store.failing = key -> key.value().contains(part);
      VodPackager tried = broken.packager(ALL);
      assertThatThrownBy(() -> VodStudio.chunk(tried, ALL, 0, 12))
          .as(part)
          .isInstanceOf(StorageException.class);
      broken.store.failing = _ -> false;
      VodStudio.chunk(tried, ALL, 0, 12);
      broken.store.failing = key -> key.value().contains("m3u8");
      assertThatThrownBy(tried::finish).as(part).isInstanceOf(StorageException.class);
      broken.store.failing = _ -> false;
      assertThat(tried.finish()).isEqualTo(Duration.ofSeconds(12));
    }
  }
}
