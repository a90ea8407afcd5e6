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
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The product with its media in Ceph. */
final class CephIT {
  private static final Duration PUBLISHED = Duration.ofSeconds(60);
  private static final Duration IN_THE_BUCKET = Duration.ofSeconds(30);
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
      // The spool sends what the origin has already.
      Awaitility.await()
          .atMost(IN_THE_BUCKET)
          .untilAsserted(() -> assertSaysTheSame(ceph, server, client, stream.id()));
      assertThat(api.delete(stream.id()).body().path("segments_deleted").asInt()).isPositive();
      Awaitility.await()
          .atMost(IN_THE_BUCKET)
          .untilAsserted(() -> assertThat(ceph.keys(stream.id() + "/")).isEmpty());
      server.stop();
    }
  }

  private static void assertSaysTheSame(
      CephGateway ceph, StreamInfaServer server, HlsClient client, String stream) throws Exception {
    List<String> keys = ceph.keys(stream + "/");
    assertThat(keys).contains(stream + "/master.m3u8").hasSizeGreaterThan(10);
    for (String key : keys) {
      HttpHeaders fromOrigin = client.get(server.uri("/streams/" + key)).headers();
      assertThat(fromOrigin.firstValue("Cache-Control")).as(key).hasValue(ceph.cacheControl(key));
      assertThat(fromOrigin.firstValue("Content-Type")).as(key).hasValue(ceph.contentType(key));
    }
  }
}
