package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.FfmpegExecutable;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.PlaylistWatch;
import io.streaminfa.e2e.kit.Recording;
import io.streaminfa.e2e.kit.RtmpBytes;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ReconnectIT {
  @RegisterExtension
  static final StreamInfaServer SERVER = StreamInfaServer.named("reconnect").withShortSegments();

  private static final Duration FIRST_SEGMENTS = Duration.ofSeconds(30);
  private static final Duration NEXT_SEGMENTS = Duration.ofSeconds(15);
  private static final Duration AWAY = Duration.ofSeconds(5);
  private static final String BAD_NAME = "NetStream.Publish.BadName";

  @Test
  void aPublisherThatComesBackGoesOnInTheSamePlaylists() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(854, 480, 30_000));
    try (ApiClient api = SERVER.api()) {
      ApiClient.LiveStream stream = api.createLive();
      FfmpegExecutable.Publisher first =
          FfmpegExecutable.load().publish(film.flv(), stream.publishUrl());
      try (first;
          PlaylistWatch watch = PlaylistWatch.start(stream, 2, FIRST_SEGMENTS)) {
        first.kill();
        assertWaits(api, stream, watch);
        long next = watch.latest().nextNumber();
        try (FfmpegExecutable.Publisher second =
            FfmpegExecutable.load().publish(film.flv(), stream.publishUrl())) {
          watch.awaitNumber(next + 1, NEXT_SEGMENTS);
          assertThat(api.get(stream.id()).body().path("publishing").asBoolean()).isTrue();
          second.stop();
        }
        Recording recording = Recording.await(api, stream);
        assertThat(watch.breaches()).isEmpty();
        assertOneDiscontinuity(recording);
        assertRefused(stream);
      }
    }
  }

  /** For the whole time away: the stream is live, nobody publishes, the playlist is open. */
  private static void assertWaits(ApiClient api, ApiClient.LiveStream stream, PlaylistWatch watch) {
    Awaitility.await("the loss is seen")
        .atMost(Duration.ofSeconds(5))
        .until(() -> !api.get(stream.id()).body().path("publishing").asBoolean(true));
    Awaitility.await("the stream waits")
        .during(AWAY)
        .atMost(AWAY.plusSeconds(2))
        .until(
            () ->
                api.status(stream.id()).equals("live")
                    && !watch.latest().ended()
                    && watch.latest().discontinuities() == 0);
  }

  private static void assertOneDiscontinuity(Recording recording) throws Exception {
    for (Recording.Rung rung : recording.rungs()) {
      assertThat(rung.playlist().discontinuities()).as(rung.size()).isOne();
      assertThat(recording.audioPlaylist(rung).discontinuities()).as("audio").isOne();
      assertThat(rung.playlist().mediaSequence()).isZero();
      assertThat(recording.decodeStretches(rung))
          .hasSize(2)
          .allSatisfy(
              stretch -> RecordingAssert.assertFrames("a stretch", stretch, 0, stretch.size()));
    }
  }

  private static void assertRefused(ApiClient.LiveStream stream) throws Exception {
    try (RtmpBytes late = RtmpBytes.connect(SERVER.rtmpPort(), "live")) {
      assertThat(late.publish(stream.key())).isEqualTo(BAD_NAME);
    }
  }

  @Test
  void aSecondPublisherOnABusyKeyIsRefusedAndTheFirstGoesOn() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 12_000));
    try (ApiClient api = SERVER.api()) {
      ApiClient.LiveStream stream = api.createLive();
      try (FfmpegExecutable.Publisher first =
              FfmpegExecutable.load().publish(film.flv(), stream.publishUrl());
          PlaylistWatch watch = PlaylistWatch.start(stream, 1, FIRST_SEGMENTS)) {
        assertRefused(stream);
        first.awaitSuccess(Duration.ofSeconds(40));
        Recording recording = Recording.await(api, stream);
        Recording.Rung rung = recording.rungs().getFirst();
        assertThat(watch.breaches()).isEmpty();
        assertThat(rung.playlist().discontinuities()).isZero();
        RecordingAssert.assertFrames(
            "the first film", recording.decode(rung).frames(), 0, film.spec().frames());
      }
    }
  }

  @Test
  void aRotatedKeyIsGoodForTheNextPublisherOnly() throws Exception {
    try (ApiClient api = SERVER.api()) {
      ApiClient.LiveStream stream = api.createLive();
      String rotated = api.rotateKey(stream.id()).body().path("stream_key").asText();
      assertThat(rotated).isNotEmpty().isNotEqualTo(stream.key());
      assertRefused(stream);
      try (RtmpBytes publisher = RtmpBytes.connect(SERVER.rtmpPort(), "live")) {
        assertThat(publisher.publish(rotated)).isEqualTo("NetStream.Publish.Start");
      }
      assertThat(api.delete(stream.id()).status()).isEqualTo(200);
    }
  }
}
