package io.streaminfa.packager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.StorageException;
import io.streaminfa.transcode.Rendition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Stores that are slow or fail, and what becomes of segments that are no longer listed. */
final class StoreTroubleTest {
  private static final Rendition.Video HIGH = Studio.high(1);
  private static final Rendition.Audio AUDIO = Studio.audio("audio_128k", 3, 48_000);
  private static final String STREAM = Studio.STREAM.value();

  private Studio studio = new Studio(true);

  @AfterEach
  void close() {
    studio.close();
  }

  private void live(double seconds) throws Exception {
    studio.packager.begin(List.of(HIGH, AUDIO), Studio.anchor());
    new Feed(0).video(HIGH, 0.5, false).audio(AUDIO, 0).until(seconds, studio::write);
  }

  @Test
  void rules5And12ASegmentThatCannotBeStoredIsAGapAndTheOthersStayAligned() throws Exception {
    studio.store.failing = key -> key.equals(ObjectKey.segment(STREAM, "high", 1));
    live(25);
    studio.packager.awaitStored();
    assertThat(studio.playlist("high").all())
        .extracting(PlaylistView.Entry::gap)
        .containsExactly(false, true, false, false);
    assertThat(studio.playlist("high").all())
        .extracting(PlaylistView.Entry::seconds)
        .containsOnly(6.0);
    assertThat(studio.playlist("audio_128k").all())
        .extracting(PlaylistView.Entry::gap)
        .containsOnly(false);
    assertThat(studio.heard).contains("failed high/000001.m4s").doesNotContain("high 1");
    assertThat(studio.packagers.media(ObjectKey.segment(STREAM, "high", 1))).isEmpty();
  }

  @Test
  void withoutItsInitSegmentMediaIsAGapUntilTheInitSegmentIsStored() throws Exception {
    studio.store.failing =
        key ->
            key.equals(ObjectKey.init(STREAM, "high", 0))
                && !studio.store.objects.containsKey(ObjectKey.segment(STREAM, "audio_128k", 1));
    live(19);
    studio.packager.awaitStored();
    List<PlaylistView.Entry> entries = studio.playlist("high").all();
    assertThat(entries.getFirst().gap()).isTrue();
    assertThat(entries.getLast().gap()).isFalse();
    assertThat(entries.getLast().map()).isEqualTo("init.mp4");
  }

  @Test
  void aPlaylistThatCannotBeStoredIsStoredWithTheNextSegment() throws Exception {
    ObjectKey playlist = ObjectKey.mediaPlaylist(STREAM, "high");
    studio.store.failing =
        key ->
            key.equals(playlist)
                && !studio.store.objects.containsKey(ObjectKey.segment(STREAM, "high", 1));
    live(13);
    studio.packager.awaitStored();
    assertThat(studio.heard).contains("failed high/media.m3u8");
    assertThat(PlaylistView.of(studio.stored("high", "media.m3u8")).all()).hasSize(2);
  }

  @Test
  void aSegmentIsKeptWhileAStoredPlaylistMayStillListIt() throws Exception {
    studio.close();
    studio = new Studio(false);
    live(40);
    studio.packager.awaitStored();
    int expiring = studio.expiring.size();
    assertThat(expiring).isPositive();
    studio.store.failing = key -> key.equals(ObjectKey.mediaPlaylist(STREAM, "high"));
    new Feed(40).video(HIGH, 0.5, false).audio(AUDIO, 0).until(60, studio::write);
    studio.packager.awaitStored();
    assertThat(studio.expiring).hasSize(expiring);
    studio.store.failing = key -> false;
    studio.packager.finish();
    assertThat(studio.expiring.size()).isGreaterThan(expiring);
  }

  @Test
  void aRecordingThatCannotBeStoredIsAnErrorAndTheEndedPlaylistsStay() throws Exception {
    live(13);
    studio.packager.finish();
    studio.store.failing = key -> key.type() == ObjectKey.ObjectType.MANIFEST;
    assertThatThrownBy(studio.packager::publishRecording).isInstanceOf(StorageException.class);
    assertThat(studio.playlist("high").type()).isEmpty();
    assertThat(studio.playlist("high").ended()).isTrue();
    studio.store.failing = key -> false;
    studio.packager.publishRecording();
    assertThat(studio.playlist("high").type()).isEqualTo("VOD");
  }

  @Test
  void aStoreThatStandsStillBlocksTheWriterAfterABoundedNumberOfRows() throws Exception {
    studio.store.gated = true;
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    live(120);
                  } catch (Exception e) {
                    Thread.currentThread().interrupt();
                  }
                });
    await()
        .until(
            () ->
                studio.queueUtilization().equals(OptionalDouble.of(1))
                    && writer.getState() == Thread.State.TIMED_WAITING);
    assertThat(studio.heard).isEmpty();
    studio.store.gated = false;
    studio.store.gate.release(1);
    writer.join();
    studio.packager.awaitStored();
    assertThat(studio.heard).contains("high 18");
    assertThat(studio.counted("streaminfa_backpressure_events")).isPositive();
    assertThat(studio.queueUtilization()).isPresent();
    studio.packager.close();
    assertThat(studio.queueUtilization()).isEmpty();
  }

  @Test
  void aWriterThatWaitsForAClosedPackagerFails() throws Exception {
    studio.store.gated = true;
    studio.packager.close();
    assertThatThrownBy(() -> live(60)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void rule8WithoutARecordingWhatLeavesTheWindowExpiresAfterTheRetention() throws Exception {
    studio.close();
    studio = new Studio(false);
    live(61);
    studio.packager.awaitStored();
    assertThat(studio.expiring)
        .containsOnlyKeys(
            Map.of("high", HIGH, "audio_128k", AUDIO).keySet().stream()
                .flatMap(
                    name ->
                        java.util.stream.LongStream.range(0, 5)
                            .mapToObj(n -> ObjectKey.segment(STREAM, name, n)))
                .toArray(ObjectKey[]::new))
        .allSatisfy(
            (key, after) -> assertThat(after).isEqualTo(Studio.NOON.plus(Duration.ofMinutes(60))));
  }

  @Test
  void withARecordingNothingExpires() throws Exception {
    live(61);
    studio.packager.awaitStored();
    assertThat(studio.expiring).isEmpty();
  }

  @Test
  void withoutARecordingTheLastWindowBecomesFinal() throws Exception {
    studio.close();
    studio = new Studio(false);
    live(61);
    studio.packager.finish();
    ObjectKey key = ObjectKey.mediaPlaylist(STREAM, "high");
    assertThat(studio.packagers.playlist(key).orElseThrow().isFinal()).isFalse();
    studio.packager.publishRecording();
    assertThat(studio.packagers.playlist(key).orElseThrow().isFinal()).isTrue();
    assertThat(studio.playlist("high").ended()).isTrue();
    assertThat(studio.playlist("high").type()).isEqualTo("VOD");
    assertThat(studio.playlist("high").all()).hasSizeBetween(4, 6);
    assertThat(studio.playlist("high").sequence()).isPositive();
    studio.packager.close();
    for (String rendition : List.of("high", "audio_128k")) {
      PlaylistView stored = PlaylistView.of(studio.stored(rendition, "media.m3u8"));
      assertThat(stored.type()).isEqualTo("VOD");
      assertThat(stored.ended()).isTrue();
    }
  }

  @Test
  void aStreamThatNeverHadASegmentEndsWithoutPlaylists() throws Exception {
    studio.packager.finish();
    studio.packager.publishRecording();
    assertThat(studio.store.objects).isEmpty();
  }

  @Test
  void rules9And23TheRecordingIsEverythingSinceTheStartAsMeasured() throws Exception {
    live(61);
    studio.packager.finish();
    studio.packager.publishRecording();
    PlaylistView high = studio.playlist("high");
    assertThat(high.type()).isEqualTo("VOD");
    assertThat(high.ended()).isTrue();
    assertThat(high.sequence()).isZero();
    assertThat(high.all()).hasSize(11);
    double bytes = 0;
    for (String rendition : List.of("high", "audio_128k")) {
      for (PlaylistView.Entry entry : studio.playlist(rendition).all()) {
        bytes += studio.stored(rendition, entry.uri()).remaining();
      }
    }
    long average =
        Long.parseLong(studio.multivariant().replaceAll("(?s).*AVERAGE-BANDWIDTH=(\\d+).*", "$1"));
    assertThat(average / (bytes * 8 / 61)).isBetween(0.99, 1.01);
    ObjectKey key = ObjectKey.mediaPlaylist(STREAM, "high");
    PublishedPlaylist served = studio.packagers.playlist(key).orElseThrow();
    assertThat(served.isFinal()).isTrue();
    assertThat(studio.store.objects.get(key)).isEqualTo(served.text());
  }
}
