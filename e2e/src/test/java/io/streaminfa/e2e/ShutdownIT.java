package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.ApiClient;
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
import org.junit.jupiter.api.Test;

final class ShutdownIT {
  private static final Duration FIRST_SEGMENTS = Duration.ofSeconds(30);
  private static final Duration GONE = Duration.ofSeconds(10);

  @Test
  void anIdleServerEndsWithZeroAtSigterm() throws Exception {
    try (StreamInfaServer server = StreamInfaServer.named("shutdown-idle").start()) {
      List<ProcessHandle> children = server.descendants();
      server.stop();
      assertGone(children);
    }
  }

  @Test
  void aServerWithALiveStreamEndsItsPlaylistsAndLeavesNoProcess() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(854, 480, 30_000));
    try (StreamInfaServer server =
            StreamInfaServer.named("shutdown-live").withShortSegments().start();
        ApiClient api = server.api()) {
      ApiClient.LiveStream stream = api.createLive();
      try (FfmpegExecutable.Publisher publisher =
              FfmpegExecutable.load().publish(film.flv(), stream.publishUrl());
          PlaylistWatch watch = PlaylistWatch.start(stream, 2, FIRST_SEGMENTS)) {
        List<ProcessHandle> children = server.descendants();
        assertThat(server.workers()).isNotEmpty();
        long listed = watch.latest().nextNumber();
        int received = server.picturesReceived(stream.id());
        server.stop();
        assertGone(children);
        Awaitility.await("the publisher is told").atMost(GONE).until(() -> !publisher.isAlive());
        server.start();
        // What the store holds now is all that there is: nothing runs that could still change it.
        Recording recording = Recording.read(stream);
        for (Recording.Rung rung : recording.rungs()) {
          assertThat(rung.playlist().ended()).as("%s ended", rung.size()).isTrue();
          assertThat(rung.playlist().nextNumber()).isGreaterThanOrEqualTo(listed);
          assertKept(recording, rung, film, received);
        }
        server.stop();
      }
    }
  }

  /** What was received by the time of the signal is there, to its last picture, and in sync. */
  private static void assertKept(
      Recording recording, Recording.Rung rung, SourceFilm film, int received) throws Exception {
    assertThat(rung.playlist().discontinuities()).isZero();
    DecodedRendition decoded = recording.decodeStretches(rung).getFirst();
    int kept = decoded.frames().size();
    assertThat(kept).as("pictures of %s", rung.size()).isGreaterThanOrEqualTo(received);
    RecordingAssert.assertFrames(
        "what was published as " + rung.size(), decoded.frames(), film.firstSent(kept));
    RecordingAssert.assertStretchInSync(rung.size(), decoded, film.spec());
  }

  private static void assertGone(List<ProcessHandle> processes) {
    Awaitility.await("no process is left")
        .atMost(GONE)
        .until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
  }
}
