package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.ChildProcess;
import io.streaminfa.e2e.kit.DecodedRendition;
import io.streaminfa.e2e.kit.FfmpegExecutable;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.FlvTag;
import io.streaminfa.e2e.kit.HlsClient;
import io.streaminfa.e2e.kit.PlaylistWatch;
import io.streaminfa.e2e.kit.Recording;
import io.streaminfa.e2e.kit.RtmpBytes;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class WorkerFaultIT {
  @RegisterExtension
  static final StreamInfaServer SERVER = StreamInfaServer.named("worker-fault").withShortSegments();

  private static final FilmSpec SPEC = FilmSpec.of(640, 360, 12_000);
  private static final Duration FIRST_SEGMENTS = Duration.ofSeconds(30);
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** The picture is back within 3 s, and a whole segment of it is listed 2 s later. */
  private static final Duration PICTURE_AGAIN = Duration.ofSeconds(3 + 2);

  /**
   * A fault, what is published, and how often it strikes. Two rungs are never equally far when it
   * does; behind a key frame distance of ten seconds, as OBS has it, the source is replayed from
   * long before.
   */
  private static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of("KILL", SPEC, 1),
        Arguments.of("SEGV", SPEC, 1),
        Arguments.of("STOP", SPEC, 1),
        Arguments.of("KILL", FilmSpec.of(1280, 720, 12_000), 2),
        Arguments.of("KILL", SPEC.gop(300), 1));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aWorkerThatFailsIsReplacedWithoutTheLossOfAFrameAndNoOtherStreamNotices(
      String signal, FilmSpec spec, int strikes) throws Exception {
    SourceFilm film = SourceFilm.make(spec);
    SourceFilm otherFilm = SourceFilm.make(SPEC);
    try (ApiClient api = SERVER.api()) {
      ApiClient.LiveStream struck = api.createLive();
      ApiClient.LiveStream other = api.createLive();
      try (FfmpegExecutable.Publisher first =
          FfmpegExecutable.load().publish(film.flv(), struck.publishUrl())) {
        ProcessHandle worker = awaitNewWorker(List.of());
        List<ProcessHandle> known = new ArrayList<>(List.of(worker));
        try (FfmpegExecutable.Publisher second =
                FfmpegExecutable.load().publish(otherFilm.flv(), other.publishUrl());
            PlaylistWatch watch = PlaylistWatch.start(struck, 1, FIRST_SEGMENTS)) {
          known.add(awaitNewWorker(known));
          for (int strike = 1; strike <= strikes; strike++) {
            ChildProcess.signal(signal, worker);
            awaitSegmentAfterDiscontinuity(watch, strike);
            assertThat(worker.isAlive()).as("the failed worker is gone").isFalse();
            worker = awaitNewWorker(known);
            known.add(worker);
          }
          first.awaitSuccess(DEADLINE);
          second.awaitSuccess(DEADLINE);
          assertStruckStreamWentOn(Recording.await(api, struck), spec, strikes);
          assertWhole(Recording.await(api, other));
          assertThat(watch.breaches()).isEmpty();
        }
      }
    }
    Awaitility.await("no worker is left")
        .atMost(Duration.ofSeconds(10))
        .until(() -> SERVER.workers().isEmpty());
  }

  /** The publisher has said goodbye, and nothing will come that could find the worker dead. */
  @Test
  void aWorkerThatDiesWhileItGivesBackTheLastFramesLosesNone() throws Exception {
    FilmSpec spec = FilmSpec.of(1280, 720, 5_000);
    List<FlvTag> tags = FlvTag.readAll(SourceFilm.make(spec).flv());
    try (ApiClient api = SERVER.api()) {
      ApiClient.LiveStream stream = api.createLive();
      try (RtmpBytes publisher = RtmpBytes.connect(SERVER.rtmpPort(), "live")) {
        assertThat(publisher.publish(stream.key())).isEqualTo("NetStream.Publish.Start");
        publisher.sendPaced(tags, FlvTag::timestampMs);
        ProcessHandle worker = awaitNewWorker(List.of());
        // A stopped worker cannot be faster than the end that it is to miss.
        ChildProcess.signal("STOP", worker);
        publisher.finish();
        Recording recording = Recording.await(api, stream);
        for (Recording.Rung rung : recording.rungs()) {
          List<DecodedRendition> stretches = recording.decodeStretches(rung);
          RecordingAssert.assertFramesOfAll(rung.size(), stretches, spec.frames());
          for (DecodedRendition stretch : stretches) {
            RecordingAssert.assertStretchInSync(rung.size(), stretch, spec);
          }
        }
      }
    }
  }

  @Test
  void theThirdDeathInAMinuteEndsTheStreamAndWhatWasMadeOfItStays() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 40_000));
    try (ApiClient api = SERVER.api()) {
      ApiClient.LiveStream stream = api.createLive();
      try (FfmpegExecutable.Publisher publisher =
          FfmpegExecutable.load().publish(film.flv(), stream.publishUrl())) {
        ProcessHandle worker = awaitNewWorker(List.of());
        List<ProcessHandle> known = new ArrayList<>(List.of(worker));
        try (PlaylistWatch watch = PlaylistWatch.start(stream, 1, FIRST_SEGMENTS)) {
          for (int strike = 1; strike <= 2; strike++) {
            ChildProcess.signal("KILL", worker);
            awaitSegmentAfterDiscontinuity(watch, strike);
            worker = awaitNewWorker(known);
            known.add(worker);
          }
          ChildProcess.signal("KILL", worker);
          api.awaitStatus(stream.id(), "error", DEADLINE);
          Awaitility.await("the playlist ends")
              .atMost(DEADLINE)
              .until(() -> watch.latest().ended());
          assertThat(watch.breaches()).isEmpty();
        }
        assertThat(api.get(stream.id()).body().path("error").path("code").asText())
            .isEqualTo("worker_crashed");
        assertThat(publisher.awaitEnd(DEADLINE)).as(publisher.log()).isNotZero();
      }
      assertThat(SERVER.log()).anyMatch(line -> line.contains("stream failed: "));
      assertPlayable(stream);
    }
  }

  /** Every frame from the first to the last that is there, over all three workers. */
  private static void assertPlayable(ApiClient.LiveStream stream) throws Exception {
    Recording recording = Recording.read(stream);
    for (Recording.Rung rung : recording.rungs()) {
      assertThat(rung.playlist().ended()).isTrue();
      assertThat(rung.playlist().mediaSequence()).isZero();
      List<DecodedRendition> stretches = recording.decodeStretches(rung);
      int frames = stretches.stream().mapToInt(stretch -> stretch.frames().size()).sum();
      assertThat(frames).as("frames of all stretches").isGreaterThan(3 * 30);
      RecordingAssert.assertFramesOfAll(rung.size(), stretches, frames);
    }
  }

  private static ProcessHandle awaitNewWorker(List<ProcessHandle> known) {
    return Awaitility.await("a new worker")
        .atMost(FIRST_SEGMENTS)
        .until(
            () -> SERVER.workers().stream().filter(worker -> !known.contains(worker)).toList(),
            found -> found.size() == 1)
        .getFirst();
  }

  private static void awaitSegmentAfterDiscontinuity(PlaylistWatch watch, int count) {
    Awaitility.await("a segment behind discontinuity " + count)
        .atMost(PICTURE_AGAIN)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              HlsClient.MediaPlaylist now = watch.latest();
              return now.discontinuitySequence() + now.discontinuities() >= count;
            });
  }

  private static void assertStruckStreamWentOn(Recording recording, FilmSpec spec, int strikes)
      throws Exception {
    for (Recording.Rung rung : recording.rungs()) {
      String what = "the struck stream as " + rung.size();
      assertThat(rung.playlist().discontinuities()).as(what).isEqualTo(strikes);
      List<DecodedRendition> stretches = recording.decodeStretches(rung);
      RecordingAssert.assertFramesOfAll(what, stretches, spec.frames());
      for (DecodedRendition stretch : stretches) {
        RecordingAssert.assertStretchInSync(what, stretch, spec);
      }
    }
  }

  private static void assertWhole(Recording recording) throws Exception {
    Recording.Rung rung = recording.rungs().getFirst();
    assertThat(rung.playlist().discontinuities()).isZero();
    RecordingAssert.assertFrames(
        "the other stream", recording.decode(rung).frames(), 0, SPEC.frames());
  }
}
