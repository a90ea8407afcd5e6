package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.DecodedRendition;
import io.streaminfa.e2e.kit.FfmpegExecutable;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.FlvTag;
import io.streaminfa.e2e.kit.PlaylistWatch;
import io.streaminfa.e2e.kit.Recording;
import io.streaminfa.e2e.kit.RtmpBytes;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ReconnectIT {
  @RegisterExtension
  static final StreamInfaServer SERVER = StreamInfaServer.named("reconnect").withShortSegments();

  private static final Duration FIRST_SEGMENTS = Duration.ofSeconds(30);
  private static final Duration NEXT_SEGMENTS = Duration.ofSeconds(15);
  private static final Duration LOSS_SEEN = Duration.ofSeconds(20);
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
        int received = SERVER.picturesReceived(stream.id());
        long next = watch.latest().nextNumber();
        try (FfmpegExecutable.Publisher again =
            FfmpegExecutable.load().publish(film.flv(), stream.publishUrl())) {
          watch.awaitNumber(next + 1, NEXT_SEGMENTS);
          assertThat(api.get(stream.id()).body().path("publishing").asBoolean()).isTrue();
          again.stop();
        }
        Recording recording = Recording.await(api, stream);
        assertThat(watch.breaches()).isEmpty();
        for (Recording.Rung rung : recording.rungs()) {
          List<DecodedRendition> stretches = assertOneDiscontinuity(recording, rung);
          assertStretch("all that was received", stretches.getFirst(), film, received);
          DecodedRendition second = stretches.getLast();
          assertStretch("what a stop left", second, film, second.frames().size());
        }
        assertRefused(stream);
      }
    }
  }

  @Test
  void everyPictureSentBeforeALossIsKept() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(1280, 720, 15_000));
    List<FlvTag> tags = FlvTag.readAll(film.flv());
    // Not on a key frame, and where B-frames are still to come.
    List<FlvTag> first = tags.stream().filter(tag -> tag.timestampMs() < 5_300).toList();
    List<FlvTag> second = tags.stream().filter(tag -> tag.timestampMs() < 4_700).toList();
    try (ApiClient api = SERVER.api()) {
      ApiClient.LiveStream stream = api.createLive();
      try (RtmpBytes publisher = publish(stream, first)) {
        publisher.hangUp();
        awaitLoss(api, stream);
      }
      try (RtmpBytes publisher = publish(stream, second)) {
        publisher.finish();
      }
      Recording recording = Recording.await(api, stream);
      assertThat(recording.sizes()).containsExactly("1280x720", "854x480");
      for (Recording.Rung rung : recording.rungs()) {
        List<DecodedRendition> stretches = assertOneDiscontinuity(recording, rung);
        assertStretch("before the loss", stretches.getFirst(), film, pictures(first));
        assertStretch("after the loss", stretches.getLast(), film, pictures(second));
      }
    }
  }

  private static RtmpBytes publish(ApiClient.LiveStream stream, List<FlvTag> tags)
      throws Exception {
    RtmpBytes publisher = RtmpBytes.connect(SERVER.rtmpPort(), "live");
    assertThat(publisher.publish(stream.key())).isEqualTo("NetStream.Publish.Start");
    publisher.sendPaced(tags, FlvTag::timestampMs);
    return publisher;
  }

  private static int pictures(List<FlvTag> tags) {
    return (int) tags.stream().filter(FlvTag::isPicture).count();
  }

  /** For the whole time away: the stream is live, nobody publishes, the playlist is open. */
  private static void assertWaits(ApiClient api, ApiClient.LiveStream stream, PlaylistWatch watch) {
    awaitLoss(api, stream);
    Awaitility.await("the stream waits")
        .during(AWAY)
        .atMost(AWAY.plusSeconds(2))
        .until(
            () ->
                api.status(stream.id()).equals("live")
                    && !watch.latest().ended()
                    && watch.latest().discontinuities() == 0);
  }

  private static void awaitLoss(ApiClient api, ApiClient.LiveStream stream) {
    Awaitility.await("the loss is seen")
        .atMost(LOSS_SEEN)
        .until(() -> !api.get(stream.id()).body().path("publishing").asBoolean(true));
  }

  private static List<DecodedRendition> assertOneDiscontinuity(
      Recording recording, Recording.Rung rung) throws Exception {
    assertThat(rung.playlist().discontinuities()).as(rung.size()).isOne();
    assertThat(recording.audioPlaylist(rung).discontinuities()).as("audio").isOne();
    assertThat(rung.playlist().mediaSequence()).isZero();
    List<DecodedRendition> stretches = recording.decodeStretches(rung);
    assertThat(stretches).hasSize(2);
    return stretches;
  }

  /** All that can be shown of the pictures that were sent, with its sound. */
  private static void assertStretch(
      String what, DecodedRendition stretch, SourceFilm film, int pictures) throws Exception {
    RecordingAssert.assertFrames(what, stretch.frames(), film.firstSent(pictures));
    RecordingAssert.assertStretchInSync(what, stretch, film.spec());
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
