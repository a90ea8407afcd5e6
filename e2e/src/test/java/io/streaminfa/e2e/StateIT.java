package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.FfmpegExecutable;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.HlsClient;
import io.streaminfa.e2e.kit.PlaylistWatch;
import io.streaminfa.e2e.kit.RtmpBytes;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class StateIT {
  private static final Duration FIRST_SEGMENTS = Duration.ofSeconds(30);
  private static final String TAKEN = "NetStream.Publish.Start";
  private static final String REFUSED = "NetStream.Publish.BadName";

  @Test
  void aServerThatWasKilledKnowsItsStreamsAgain() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 30_000));
    try (StreamInfaServer server = StreamInfaServer.named("state").withShortSegments().start();
        ApiClient api = server.api()) {
      ApiClient.LiveStream pending = api.createLive();
      ApiClient.LiveStream rotated = api.createLive();
      String newKey = api.rotateKey(rotated.id()).body().path("stream_key").asText();
      ApiClient.LiveStream deleted = api.createLive();
      assertThat(api.delete(deleted.id()).status()).isEqualTo(200);
      ApiClient.LiveStream live = api.createLive();
      JsonNode pendingBefore = api.get(pending.id()).body();
      JsonNode deletedBefore = api.get(deleted.id()).body();
      JsonNode liveBefore;
      try (FfmpegExecutable.Publisher _ =
              FfmpegExecutable.load().publish(film.flv(), live.publishUrl());
          PlaylistWatch _ = PlaylistWatch.start(live, 2, FIRST_SEGMENTS)) {
        liveBefore = api.get(live.id()).body();
        server.kill();
      }

      server.start();

      assertThat(api.get(pending.id()).body()).isEqualTo(pendingBefore);
      assertThat(api.get(deleted.id()).body()).isEqualTo(deletedBefore);
      assertInterrupted(api.get(live.id()).body(), liveBefore);
      assertStoredMediaPlays(live);
      assertThat(publish(server, pending.key())).isEqualTo(TAKEN);
      assertThat(publish(server, newKey)).isEqualTo(TAKEN);
      for (String key : new String[] {rotated.key(), deleted.key(), live.key()}) {
        assertThat(publish(server, key)).isEqualTo(REFUSED);
      }
      server.stop();
      server.start();
      assertInterrupted(api.get(live.id()).body(), liveBefore);
      server.stop();
    }
  }

  private static void assertInterrupted(JsonNode now, JsonNode before) {
    assertThat(now.path("status").asText()).isEqualTo("error");
    assertThat(now.path("publishing").asBoolean(true)).isFalse();
    assertThat(now.path("error").path("code").asText()).isEqualTo("interrupted");
    assertThat(now.path("created_at")).isEqualTo(before.path("created_at"));
    assertThat(now.path("media_info")).isNotEmpty().isEqualTo(before.path("media_info"));
  }

  private static void assertStoredMediaPlays(ApiClient.LiveStream stream) throws Exception {
    try (HlsClient player = new HlsClient()) {
      for (HlsClient.Variant variant : player.multivariant(stream.master()).variants()) {
        HlsClient.MediaPlaylist playlist = player.media(variant.uri());
        assertThat(playlist.segments()).isNotEmpty();
        assertThat(player.samples(playlist))
            .allSatisfy(samples -> assertThat(samples).isNotEmpty());
      }
    }
  }

  private static String publish(StreamInfaServer server, String key) throws Exception {
    try (RtmpBytes publisher = RtmpBytes.connect(server.rtmpPort(), "live")) {
      return publisher.publish(key);
    }
  }
}
