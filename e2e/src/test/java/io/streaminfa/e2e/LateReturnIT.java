package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.FfmpegExecutable;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.PlaylistWatch;
import io.streaminfa.e2e.kit.Recording;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A reconnect window that is over before the encoder is back. */
final class LateReturnIT {
  @RegisterExtension
  static final StreamInfaServer SERVER =
      StreamInfaServer.named("late-return")
          .withShortSegments()
          .with("ingest.reconnect_window_secs", "2");

  private static final Duration FIRST_SEGMENTS = Duration.ofSeconds(30);
  private static final Duration REFUSED = Duration.ofSeconds(20);

  @Test
  void anEncoderThatComesBackTooLateIsToldSoAndTheRecordingStays() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 20_000));
    FfmpegExecutable ffmpeg = FfmpegExecutable.load();
    try (ApiClient api = SERVER.api()) {
      ApiClient.LiveStream stream = api.createLive();
      try (FfmpegExecutable.Publisher first = ffmpeg.publish(film.flv(), stream.publishUrl());
          PlaylistWatch watch = PlaylistWatch.start(stream, 2, FIRST_SEGMENTS)) {
        first.kill();
        Recording before = Recording.await(api, stream);
        assertThat(watch.breaches()).isEmpty();
        double refused = refusals();
        try (FfmpegExecutable.Publisher late = ffmpeg.publish(film.flv(), stream.publishUrl())) {
          assertThat(late.awaitEnd(REFUSED)).as(late.log()).isNotZero();
          assertThat(late.log()).contains("This stream has ended");
        }
        assertThat(refusals()).isEqualTo(refused + 1);
        assertThat(SERVER.log())
            .anyMatch(line -> line.contains("Refused") && line.contains("stream_ended"));
        assertThat(api.status(stream.id())).isEqualTo("ready");
        assertThat(Recording.read(stream).rungs().getFirst().playlist())
            .isEqualTo(before.rungs().getFirst().playlist());
      }
    }
  }

  private static double refusals() throws Exception {
    return SERVER.metric("streaminfa_ingest_errors_total", "\"stream_ended\"");
  }
}
