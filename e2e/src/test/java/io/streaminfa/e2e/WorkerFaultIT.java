package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.ChildProcess;
import io.streaminfa.e2e.kit.DecodedRendition;
import io.streaminfa.e2e.kit.FfmpegExecutable;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.PlaylistWatch;
import io.streaminfa.e2e.kit.Recording;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkerFaultIT {
  @RegisterExtension
  static final StreamInfaServer SERVER = StreamInfaServer.named("worker-fault").withShortSegments();

  private static final FilmSpec SPEC = FilmSpec.of(640, 360, 16_000);
  private static final Duration FIRST_SEGMENTS = Duration.ofSeconds(30);
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** The picture is back within 3 s, and a whole segment of it is listed 2 s later. */
  private static final Duration PICTURE_AGAIN = Duration.ofSeconds(3 + 2);

  @ParameterizedTest
  @ValueSource(strings = {"KILL", "SEGV", "STOP"})
  void aWorkerThatFailsIsReplacedAndNoOtherStreamNotices(String signal) throws Exception {
    SourceFilm film = SourceFilm.make(SPEC);
    try (ApiClient api = SERVER.api()) {
      ApiClient.LiveStream struck = api.createLive();
      ApiClient.LiveStream other = api.createLive();
      try (FfmpegExecutable.Publisher first =
          FfmpegExecutable.load().publish(film.flv(), struck.publishUrl())) {
        ProcessHandle worker = awaitOnlyWorker();
        try (FfmpegExecutable.Publisher second =
                FfmpegExecutable.load().publish(film.flv(), other.publishUrl());
            PlaylistWatch watch = PlaylistWatch.start(struck, 1, FIRST_SEGMENTS)) {
          ChildProcess.signal(signal, worker);
          awaitSegmentAfterDiscontinuity(watch);
          first.awaitSuccess(DEADLINE);
          second.awaitSuccess(DEADLINE);
          assertStruckStreamWentOn(Recording.await(api, struck));
          assertWhole(Recording.await(api, other));
          assertThat(watch.breaches()).isEmpty();
          assertThat(worker.isAlive()).as("the failed worker is gone").isFalse();
        }
      }
    }
    Awaitility.await("no worker is left")
        .atMost(Duration.ofSeconds(10))
        .until(() -> SERVER.workers().isEmpty());
  }

  private static ProcessHandle awaitOnlyWorker() {
    return Awaitility.await("one worker")
        .atMost(FIRST_SEGMENTS)
        .until(SERVER::workers, workers -> workers.size() == 1)
        .getFirst();
  }

  private static void awaitSegmentAfterDiscontinuity(PlaylistWatch watch) {
    Awaitility.await("a segment behind a discontinuity")
        .atMost(PICTURE_AGAIN)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> watch.latest().discontinuities() > 0);
  }

  private static void assertStruckStreamWentOn(Recording recording) throws Exception {
    for (Recording.Rung rung : recording.rungs()) {
      assertThat(rung.playlist().discontinuities()).as(rung.size()).isOne();
      List<Integer> numbers =
          recording.decodeStretches(rung).stream()
              .flatMap(List::stream)
              .map(DecodedRendition.Frame::number)
              .toList();
      assertThat(numbers)
          .as("no frame twice, none out of order")
          .isSorted()
          .doesNotHaveDuplicates();
      assertThat(numbers.getFirst()).isZero();
      assertThat(numbers.getLast()).isEqualTo(SPEC.frames() - 1);
      // At 30 frames a second, 3 s without a picture, and the key frame to wait for.
      assertThat(numbers).hasSizeGreaterThan(SPEC.frames() - 4 * 30);
    }
  }

  private static void assertWhole(Recording recording) throws Exception {
    Recording.Rung rung = recording.rungs().getFirst();
    assertThat(rung.playlist().discontinuities()).isZero();
    RecordingAssert.assertFrames(
        "the other stream", recording.decode(rung).frames(), 0, SPEC.frames());
  }
}
