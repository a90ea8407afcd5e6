package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.CephGateway;
import io.streaminfa.e2e.kit.DecodedRendition;
import io.streaminfa.e2e.kit.FfmpegExecutable;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.HlsClient;
import io.streaminfa.e2e.kit.Recording;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The product with its media in Ceph. */
final class CephIT {
  private static final Duration PUBLISHED = Duration.ofSeconds(60);
  private static final Duration DOCTOR = Duration.ofSeconds(60);

  @Test
  void aStreamLivesInTheBucketAndLeavesNothingThere() throws Exception {
    if (System.getenv("CI") == null) {
      assumeTrue(
          CephGateway.isInstalled(),
          "Ceph is not installed: apt-get install radosgw ceph-mon ceph-osd ceph-common");
    }
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 12_000));
    try (CephGateway ceph = CephGateway.start("live");
        StreamInfaServer server =
            ceph.configure(StreamInfaServer.named("ceph").withShortSegments()).start();
        ApiClient api = server.api();
        HlsClient client = new HlsClient()) {
      assertThat(server.doctor(DOCTOR)).isZero();
      assertThat(ceph.keys("doctor-")).isEmpty();
      ApiClient.LiveStream stream = api.createLive();
      try (FfmpegExecutable.Publisher publisher =
          FfmpegExecutable.load().publish(film.flv(), stream.publishUrl())) {
        publisher.awaitSuccess(PUBLISHED);
      }
      Recording recording = Recording.await(api, stream);
      for (Recording.Rung rung : recording.rungs()) {
        DecodedRendition decoded = recording.decode(rung);
        RecordingAssert.assertFrames(rung.size(), decoded.frames(), 0, film.spec().frames());
      }
      List<String> keys = ceph.keys(stream.id() + "/");
      assertThat(keys).contains(stream.id() + "/master.m3u8").hasSizeGreaterThan(10);
      for (String key : keys) {
        HttpResponse<byte[]> fromOrigin = client.get(server.uri("/streams/" + key));
        assertThat(fromOrigin.statusCode()).as(key).isEqualTo(200);
        assertThat(fromOrigin.headers().firstValue("Cache-Control"))
            .as(key)
            .hasValue(ceph.cacheControl(key));
        assertThat(fromOrigin.headers().firstValue("Content-Type"))
            .as(key)
            .hasValue(ceph.contentType(key));
      }
      assertThat(api.delete(stream.id()).body().path("segments_deleted").asInt()).isPositive();
      assertThat(ceph.keys(stream.id() + "/")).isEmpty();
      server.stop();
    }
  }
}
