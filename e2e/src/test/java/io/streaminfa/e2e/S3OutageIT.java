package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.FaultProxy;
import io.streaminfa.e2e.kit.FaultProxy.Fault;
import io.streaminfa.e2e.kit.FfmpegExecutable;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.HlsClient;
import io.streaminfa.e2e.kit.PlaylistWatch;
import io.streaminfa.e2e.kit.Recording;
import io.streaminfa.e2e.kit.S3Proxy;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Live streams go on whatever the object store does, and at the end all of them is in it. */
final class S3OutageIT {
  private static final Duration FIRST_SEGMENTS = Duration.ofSeconds(40);
  private static final Duration OUTAGE = Duration.ofSeconds(60);
  private static final Duration DRAINED = Duration.ofSeconds(90);

  private S3Proxy s3;
  private FaultProxy proxy;
  private StreamInfaServer server;

  @BeforeEach
  void start() throws Exception {
    s3 = S3Proxy.start("s3-outage");
    proxy = FaultProxy.before(s3.endpoint());
    server =
        StreamInfaServer.named("s3-outage")
            .withShortSegments()
            .with("storage.backend", "\"s3\"")
            .with("storage.endpoint", "\"" + proxy.uri() + "\"")
            .with("storage.bucket", "\"" + S3Proxy.BUCKET + "\"")
            .with("storage.access_key_id", "\"" + s3.accessKey() + "\"")
            .with("storage.secret_access_key", "\"" + s3.secretKey() + "\"")
            .start();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    proxy.close();
    s3.close();
  }

  @Test
  void threeStreamsOutliveAnOutageOfAMinuteWithoutAHole() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 90_000));
    try (ApiClient api = server.api()) {
      List<ApiClient.LiveStream> streams = new ArrayList<>();
      List<FfmpegExecutable.Publisher> publishers = new ArrayList<>();
      List<PlaylistWatch> watches = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        ApiClient.LiveStream stream = api.createLive();
        streams.add(stream);
        publishers.add(FfmpegExecutable.load().publish(film.flv(), stream.publishUrl()));
      }
      for (ApiClient.LiveStream stream : streams) {
        watches.add(PlaylistWatch.start(stream, 2, FIRST_SEGMENTS));
      }
      proxy.set(new Fault.Gone());
      Awaitility.await("the outage")
          .pollDelay(OUTAGE)
          .atMost(OUTAGE.plusSeconds(5))
          .until(() -> true);
      assertThat(server.readiness()).contains("\"status\":\"degraded\"");
      assertThat(server.gauge("streaminfa_storage_spool_bytes")).isPositive();
      assertThat(s3.missing()).isEmpty();
      proxy.set(new Fault.None());
      awaitDrained();
      for (FfmpegExecutable.Publisher publisher : publishers) {
        publisher.stop();
      }
      for (int i = 0; i < 3; i++) {
        assertThat(watches.get(i).breaches()).isEmpty();
        watches.get(i).close();
        assertWithoutHole(api, streams.get(i));
        publishers.get(i).close();
      }
      awaitDrained();
      assertThat(s3.missing()).isEmpty();
      assertThat(server.readiness()).contains("\"status\":\"ready\"");
      ApiClient.Answer deleted = api.delete(streams.getFirst().id());
      assertThat(deleted.body().path("segments_deleted").asInt()).isPositive();
      assertThat(keysOf(streams.getFirst())).isEmpty();
      server.stop();
    }
  }

  private void awaitDrained() {
    Awaitility.await("an empty spool")
        .atMost(DRAINED)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> server.gauge("streaminfa_storage_spool_bytes") == 0);
  }

  private Set<String> keysOf(ApiClient.LiveStream stream) throws Exception {
    Set<String> keys = new TreeSet<>(s3.keys());
    keys.removeIf(key -> !key.startsWith(stream.id() + "/"));
    return keys;
  }

  private void assertWithoutHole(ApiClient api, ApiClient.LiveStream stream) throws Exception {
    Recording recording = Recording.await(api, stream);
    for (Recording.Rung rung : recording.rungs()) {
      HlsClient.MediaPlaylist playlist = rung.playlist();
      assertThat(playlist.discontinuities()).isZero();
      assertThat(s3.text(stream.id() + "/" + rungName(rung) + "/media.m3u8"))
          .doesNotContain("EXT-X-GAP");
    }
  }

  private static String rungName(Recording.Rung rung) {
    String directory = rung.url().substring(0, rung.url().lastIndexOf('/'));
    return directory.substring(directory.lastIndexOf('/') + 1);
  }

  @Test
  void aStoreWithEveryTroubleGetsTheWholeStream() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 90_000));
    try (ApiClient api = server.api()) {
      ApiClient.LiveStream stream = api.createLive();
      try (FfmpegExecutable.Publisher publisher =
              FfmpegExecutable.load().publish(film.flv(), stream.publishUrl());
          PlaylistWatch watch = PlaylistWatch.start(stream, 2, FIRST_SEGMENTS)) {
        for (Fault fault :
            List.of(
                new Fault.Slow(Duration.ofSeconds(2)),
                new Fault.Answers(503, "SlowDown", 30),
                new Fault.HalfBodies(30),
                new Fault.Answers(403, "AccessDenied", 100))) {
          proxy.set(fault);
          long next = watch.latest().nextNumber();
          watch.awaitNumber(next + 4, Duration.ofSeconds(30));
          assertThat(s3.missing()).as(fault.toString()).isEmpty();
        }
        proxy.set(new Fault.None());
        publisher.stop();
        assertThat(watch.breaches()).isEmpty();
        assertWithoutHole(api, stream);
      }
      awaitDrained();
      assertThat(s3.missing()).isEmpty();
      server.stop();
    }
  }

  @Test
  void whatWaitsSurvivesAKill() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 60_000));
    try (ApiClient api = server.api()) {
      ApiClient.LiveStream stream = api.createLive();
      HlsClient.MediaPlaylist before;
      URI media;
      try (FfmpegExecutable.Publisher _ =
              FfmpegExecutable.load().publish(film.flv(), stream.publishUrl());
          HlsClient player = new HlsClient();
          PlaylistWatch watch = PlaylistWatch.start(stream, 2, FIRST_SEGMENTS)) {
        media = player.multivariant(stream.master()).variants().getLast().uri();
        proxy.set(new Fault.Gone());
        watch.awaitNumber(watch.latest().nextNumber() + 4, Duration.ofSeconds(30));
        before = watch.latest();
        server.kill();
      }
      assertThat(s3.missing()).isEmpty();
      server.start();
      assertThat(server.gauge("streaminfa_storage_spool_bytes")).isPositive();
      assertThat(api.status(stream.id())).isEqualTo("error");
      try (HlsClient player = new HlsClient()) {
        // The playlist and its newest segments are nowhere else.
        HlsClient.MediaPlaylist now = player.media(media);
        assertThat(now.nextNumber()).isGreaterThanOrEqualTo(before.nextNumber());
        assertThat(player.bytes(now.segments().getLast().uri())).isNotEmpty();
      }
      proxy.set(new Fault.None());
      awaitDrained();
      assertThat(s3.missing()).isEmpty();
      assertThat(keysOf(stream)).anyMatch(key -> key.endsWith("/master.m3u8"));
      server.stop();
    }
  }
}
