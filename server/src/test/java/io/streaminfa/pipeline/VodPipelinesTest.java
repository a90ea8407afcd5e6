package io.streaminfa.pipeline;

import static io.streaminfa.pipeline.ScriptedFileTranscoder.SECOND;
import static io.streaminfa.pipeline.ScriptedFileTranscoder.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.jobs.VodJob;
import io.streaminfa.media.CodecConfig;
import io.streaminfa.packager.PlaylistView;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamState;
import io.streaminfa.transcode.MediaProbe;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VodPipelinesTest {
  @TempDir Path directory;
  private VodStation station;

  @BeforeEach
  void open() throws Exception {
    station = new VodStation(directory, true).start();
  }

  @AfterEach
  void close() {
    station.close();
  }

  private int tries(long startSeconds) {
    return Collections.frequency(station.transcoder.begun, startSeconds);
  }

  /** The chunks are in somebody's hands, and stay there. */
  private CountDownLatch holdChunks() {
    CountDownLatch held = new CountDownLatch(1);
    station.transcoder.script = _ -> held.await();
    return held;
  }

  private void awaitRunning(int chunks) {
    Awaitility.await().until(() -> station.transcoder.running.get() == chunks);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFileBecomesAStream(boolean isDurable, @TempDir Path other) throws Exception {
    try (VodStation fresh = new VodStation(other, isDurable).start()) {
      StreamId id = fresh.accept();
      Stream ready = fresh.await(id, StreamState.READY);
      assertThat(ready.duration()).contains(Duration.ofSeconds(30));
      assertThat(ready.progress()).isEqualTo(1);
      fresh.awaitOver(id);
      assertThat(fresh.jobs.find(id).orElseThrow().state()).isEqualTo(VodJob.State.DONE);
      assertThat(fresh.hasSource(id)).isFalse();
      assertThat(fresh.isPlayable(id)).isTrue();
      for (String rendition : new String[] {"high", "audio_128k"}) {
        PlaylistView playlist = fresh.playlist(id, rendition);
        assertThat(playlist.ended()).isTrue();
        assertThat(playlist.all()).hasSize(15).noneMatch(PlaylistView.Entry::gap);
      }
      assertThat(fresh.transcoder.begun).containsExactlyInAnyOrder(-1L, 0L, 10L, 20L);
      assertThat(fresh.description(id))
          .contains("\"stream_id\":\"" + id.value() + "\"", "\"duration_secs\":30.0")
          .contains("\"name\":\"high\",\"width\":1280", "\"name\":\"audio_128k\"");
    }
  }

  @Test
  void soundIsFirst() throws Exception {
    station.liveStreams = 10;
    StreamId id = station.accept();
    station.await(id, StreamState.READY);
    assertThat(station.transcoder.begun).containsExactly(-1L, 0L, 10L, 20L);
  }

  @Test
  void aChunkMayFailTwice() throws Exception {
    AtomicInteger failures = new AtomicInteger(2);
    station.transcoder.script =
        start -> {
          if (start == 10 * SECOND && failures.getAndDecrement() > 0) {
            throw failure("worker_crashed", false);
          }
        };
    StreamId id = station.accept();
    station.await(id, StreamState.READY);
    assertThat(tries(10)).isEqualTo(3);
    assertThat(station.playlist(id, "high").all()).hasSize(15);
  }

  @Test
  void threeFailuresEndTheJobWithTheTranscodersWordsAndNoOther() throws Exception {
    station.liveStreams = 10;
    AtomicInteger failures = new AtomicInteger(3);
    station.transcoder.script =
        start -> {
          if (start == 10 * SECOND && failures.getAndDecrement() > 0) {
            throw failure("worker_crashed", false);
          }
        };
    StreamId failing = station.accept();
    StreamId good = station.accept();
    Stream failed = station.await(failing, StreamState.ERROR);
    assertThat(failed.failure())
        .contains(new StreamFailure("worker_crashed", "told to say worker_crashed"));
    station.await(good, StreamState.READY);
    station.awaitOver(failing);
    station.awaitOver(good);
    assertThat(station.hasSource(failing)).isFalse();
    assertThat(station.jobs.find(failing).flatMap(VodJob::failure)).isEqualTo(failed.failure());
    assertThat(station.transcoder.begun).containsExactly(-1L, 0L, 10L, 10L, 10L, -1L, 0L, 10L, 20L);
  }

  @Test
  void whatIsTheFilesFaultIsNotTriedAgain() throws Exception {
    station.transcoder.script =
        start -> {
          if (start == 20 * SECOND) {
            throw failure("undecodable", true);
          }
        };
    StreamId id = station.accept();
    Stream failed = station.await(id, StreamState.ERROR);
    assertThat(failed.failure().map(StreamFailure::code)).contains("undecodable");
    assertThat(tries(20)).isEqualTo(1);
  }

  @Test
  void aJobThatIsGivenUpInterruptsItsOtherChunks() throws Exception {
    CountDownLatch fail = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    station.transcoder.script =
        start -> {
          if (start == 0) {
            fail.await();
            throw failure("undecodable", true);
          }
          held.await();
        };
    StreamId id = station.accept();
    awaitRunning(VodStation.SLOTS);
    fail.countDown();
    station.await(id, StreamState.ERROR);
    awaitRunning(0);
    station.awaitOver(id);
    assertThat(station.transcoder.begun).doesNotHaveDuplicates();
  }

  @Test
  void cancellingInterruptsAtOnceAndForgetsTheJobAndItsSource() throws Exception {
    CountDownLatch held = holdChunks();
    StreamId id = station.accept();
    awaitRunning(VodStation.SLOTS);
    station.streams.delete(id);
    assertThat(station.pipelines.cancel(id)).isTrue();
    assertThat(station.transcoder.running).hasValue(0);
    assertThat(station.jobs.find(id)).isEmpty();
    assertThat(station.hasSource(id)).isFalse();
    assertThat(station.hasProgressSeries()).isFalse();
    held.countDown();
    StreamId next = station.accept();
    station.await(next, StreamState.READY);
  }

  @Test
  void cancellingWhatIsNotWorkedOnIsNoError() throws Exception {
    assertThat(station.pipelines.cancel(station.make())).isTrue();
  }

  @Test
  void neverAreMoreChunksEncodedThanThereAreSlots() throws Exception {
    CountDownLatch held = holdChunks();
    StreamId first = station.accept(60);
    StreamId second = station.accept(60);
    awaitRunning(VodStation.SLOTS);
    held.countDown();
    station.await(first, StreamState.READY);
    station.await(second, StreamState.READY);
    assertThat(station.transcoder.mostAtOnce).hasValue(VodStation.SLOTS);
  }

  @Test
  void liveStreamsTakeSlotsButForTheLast() throws Exception {
    station.liveStreams = 2;
    CountDownLatch held = holdChunks();
    StreamId id = station.accept();
    awaitRunning(1);
    station.liveStreams = 0;
    awaitRunning(VodStation.SLOTS);
    assertThat(station.transcoder.begun).hasSize(VodStation.SLOTS);
    held.countDown();
    station.await(id, StreamState.READY);
  }

  @Test
  void aStoreThatIsAwayForAMomentCostsNothing() throws Exception {
    AtomicInteger failures = new AtomicInteger(2);
    station.failing =
        key -> key.value().endsWith("audio_128k/000000.m4s") && failures.getAndDecrement() > 0;
    StreamId id = station.accept();
    station.await(id, StreamState.READY);
    assertThat(tries(-1)).isEqualTo(3);
  }

  @Test
  void theLastPlaylistsAreTriedAgain() throws Exception {
    StreamId id = acceptFailingAtItsEnd(2);
    station.await(id, StreamState.READY);
    assertThat(station.playlist(id, "high").ended()).isTrue();
    assertThat(station.transcoder.begun).hasSize(4);
  }

  @Test
  void theLastPlaylistsAreNotTriedForEver() throws Exception {
    StreamId id = acceptFailingAtItsEnd(Integer.MAX_VALUE);
    Stream failed = station.await(id, StreamState.ERROR);
    assertThat(failed.failure().map(StreamFailure::code)).contains("storage_unavailable");
    station.awaitOver(id);
  }

  /** Fails when all segments are there. */
  private StreamId acceptFailingAtItsEnd(int times) throws Exception {
    StreamId id = station.make();
    ObjectKey master = ObjectKey.multivariantPlaylist(id.value());
    AtomicInteger puts = new AtomicInteger();
    // The first one tells that the stream can be played.
    station.failing =
        key -> {
          int before = key.equals(master) ? puts.getAndIncrement() : 0;
          return before > 0 && before <= times;
        };
    station.pipelines.accept(id, station.source(id), ScriptedFileTranscoder.probe(30));
    return id;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "JobQueue.claim",
        "JobQueue.plan",
        "JobQueue.chunks",
        "JobQueue.chunkDone",
        "JobQueue.find",
        "JobQueue.finish"
      })
  void aStateThatCannotBeKeptForAMomentLeavesNothingOpen(String call) throws Exception {
    StreamId id = station.make();
    station.failingCalls.put(call, 1);
    station.pipelines.accept(id, station.source(id), ScriptedFileTranscoder.probe(30));
    station.await(id, StreamState.READY);
    station.awaitOver(id);
    assertThat(station.failingCalls.get(call)).isNotPositive();
    assertThat(station.hasSource(id)).isFalse();
  }

  @Test
  void aFailureThatCannotBeNotedIsNotedLater() throws Exception {
    station.transcoder.script =
        start -> {
          station.failingCalls.putIfAbsent("JobQueue.chunkFailed", 2);
          station.failingCalls.putIfAbsent("JobQueue.fail", 1);
          throw failure("worker_crashed", false);
        };
    StreamId id = station.accept();
    station.await(id, StreamState.ERROR);
    station.awaitOver(id);
    assertThat(station.hasSource(id)).isFalse();
  }

  @Test
  void aStreamWhoseEndCannotBeSavedIsNotLeftBehind() throws Exception {
    CountDownLatch held = holdChunks();
    StreamId good = station.accept();
    awaitRunning(VodStation.SLOTS);
    station.failingCalls.put("StreamStore.save", 2);
    held.countDown();
    station.await(good, StreamState.READY);
    station.awaitOver(good);
  }

  @Test
  void aStreamThatCannotBeGivenUpIsGivenUpLater() throws Exception {
    station.transcoder.script =
        start -> {
          station.failingCalls.putIfAbsent("StreamStore.save", 2);
          throw failure("undecodable", true);
        };
    StreamId id = station.accept();
    Stream failed = station.await(id, StreamState.ERROR);
    assertThat(failed.failure().map(StreamFailure::code)).contains("undecodable");
    station.awaitOver(id);
  }

  @Test
  void encodersThatDisagreeAreAMistakeAndEndOneJobOnly() throws Exception {
    station.liveStreams = 10;
    station.transcoder.script =
        start -> {
          if (start == 10 * SECOND) {
            station.transcoder.config =
                new CodecConfig.Avc(
                    ByteBuffer.wrap(
                        HexFormat.of()
                            .parseHex(
                                "014d401effe10018674d401eeca05017fcb80880000003008000001e078b16cb"
                                    + "01000468efbc80")));
          }
        };
    StreamId id = station.accept();
    Stream failed = station.await(id, StreamState.ERROR);
    assertThat(failed.failure().map(StreamFailure::code)).contains("internal_error");
    station.transcoder.script = _ -> {};
    StreamId next = station.accept();
    station.await(next, StreamState.READY);
  }

  @Test
  void aFileIsAcceptedOnce() throws Exception {
    StreamId id = station.accept();
    assertThatThrownBy(
            () -> station.pipelines.accept(id, station.source(id), ScriptedFileTranscoder.probe(1)))
        .isInstanceOf(StreamException.Conflict.class);
    station.await(id, StreamState.READY);
  }

  @Test
  void aFileWithoutSoundHasNoSoundToWaitFor() throws Exception {
    StreamId id = station.make();
    MediaProbe probe = ScriptedFileTranscoder.probe(5);
    station.pipelines.accept(
        id,
        station.source(id),
        new MediaProbe(
            probe.container(), probe.durationTicks(), probe.video(), Optional.empty(), 0));
    assertThat(station.await(id, StreamState.READY).duration()).contains(Duration.ofSeconds(5));
    assertThat(station.transcoder.begun).containsExactlyInAnyOrder(0L, 4L);
  }
}
