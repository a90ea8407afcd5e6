package io.streaminfa.pipeline;

import static io.streaminfa.pipeline.ScriptedFileTranscoder.SECOND;
import static io.streaminfa.pipeline.ScriptedFileTranscoder.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.jobs.VodChunk;
import io.streaminfa.jobs.VodJob;
import io.streaminfa.packager.PlaylistView;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamState;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one process leaves, the next one finds. */
class VodRestartTest {
  private static final int FOR_EVER = Integer.MAX_VALUE;

  @TempDir Path directory;
  private VodStation station;

  @BeforeEach
  void open() throws Exception {
    station = new VodStation(directory, true);
  }

  @AfterEach
  void close() {
    station.close();
  }

  private long done(StreamId id) throws Exception {
    return station.jobs.chunks(id).stream()
        .filter(chunk -> chunk.state() == VodChunk.State.DONE)
        .count();
  }

  @Test
  void aJobGoesOnWithoutTheChunksThatAreDone() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    station.transcoder.script =
        start -> {
          if (start >= 10 * SECOND) {
            held.await();
          }
        };
    station.start();
    StreamId id = station.accept();
    Awaitility.await().until(() -> done(id) == 2);
    Awaitility.await().until(() -> station.transcoder.running.get() == 2);
    PlaylistView before = station.playlist(id, "high");
    assertThat(before.all()).hasSize(5);
    assertThat(before.type()).isEqualTo("EVENT");

    station.reopened();
    assertThat(station.find(id).state()).isEqualTo(StreamState.PROCESSING);
    station.transcoder.script = _ -> {};
    station.start();
    station.await(id, StreamState.READY);
    station.awaitOver(id);
    assertThat(station.transcoder.begun).containsExactlyInAnyOrder(10L, 20L);
    assertThat(station.playlist(id, "high").all()).hasSize(15).containsAll(before.all());
    assertThat(station.hasSource(id)).isFalse();
  }

  @Test
  void whatClosingCutsOffIsNoFailedTry() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    station.transcoder.script = _ -> held.await();
    station.start();
    StreamId id = station.accept();
    for (int i = 0; i < VodPipelines.MAX_TRIES + 1; i++) {
      Awaitility.await().until(() -> station.transcoder.running.get() == VodStation.SLOTS);
      station.reopened();
      assertThat(station.jobs.chunks(id)).allMatch(chunk -> chunk.failedAttempts() == 0);
      station.start();
    }
    held.countDown();
    station.await(id, StreamState.READY);
  }

  @Test
  void aFileThatNobodyHasPlannedIsPlannedAtStart() throws Exception {
    StreamId id = station.make();
    station.streams.processing(id, station.source(id));
    assertThat(station.jobs.find(id).orElseThrow().state()).isEqualTo(VodJob.State.QUEUED);
    AtomicInteger failures = new AtomicInteger(2);
    station.transcoder.onProbe =
        _ -> {
          if (failures.getAndDecrement() > 0) {
            throw failure("worker_crashed", false);
          }
        };
    station.reopened().start();
    station.await(id, StreamState.READY);
    assertThat(station.find(id).renditions()).hasSize(2);
  }

  @Test
  void aFileThatNobodyCanPlanIsAnError() throws Exception {
    StreamId refused = station.make();
    station.streams.processing(refused, station.source(refused));
    AtomicInteger probes = new AtomicInteger();
    station.transcoder.onProbe =
        _ -> {
          probes.incrementAndGet();
          throw failure("not_a_media_file", true);
        };
    station.start();
    Stream failed = station.await(refused, StreamState.ERROR);
    assertThat(failed.failure().map(StreamFailure::code)).contains("not_a_media_file");
    station.awaitOver(refused);
    assertThat(probes).hasValue(1);
    assertThat(station.hasSource(refused)).isFalse();
  }

  @Test
  void aMistakeWhilePlanningEndsOneJobAndNoThread() throws Exception {
    StreamId[] broken = new StreamId[VodStation.SLOTS];
    for (int i = 0; i < broken.length; i++) {
      broken[i] = station.make();
      station.streams.processing(broken[i], station.source(broken[i]));
    }
    station.transcoder.onProbe =
        _ -> {
          throw new IllegalStateException("a mistake");
        };
    station.start();
    for (StreamId id : broken) {
      Stream failed = station.await(id, StreamState.ERROR);
      assertThat(failed.failure().map(StreamFailure::code)).contains("internal_error");
    }
    station.await(station.accept(), StreamState.READY);
  }

  @Test
  void aJobThatLacksOnlyItsLastWordsIsFinishedAtStart() throws Exception {
    station.start();
    StreamId id = station.make();
    CountDownLatch held = new CountDownLatch(1);
    station.transcoder.script = _ -> held.await();
    station.pipelines.accept(id, station.source(id), ScriptedFileTranscoder.probe(30));
    Awaitility.await().until(() -> station.transcoder.running.get() == VodStation.SLOTS);
    station.failingCalls.put("StreamStore.save", FOR_EVER);
    held.countDown();
    Awaitility.await().until(() -> done(id) == 4);
    Awaitility.await()
        .until(() -> station.failingCalls.getOrDefault("StreamStore.save", 0) < FOR_EVER);

    station.reopened().start();
    station.await(id, StreamState.READY);
    station.awaitOver(id);
    assertThat(station.transcoder.begun).isEmpty();
    assertThat(station.hasSource(id)).isFalse();
  }

  @Test
  void aJobWhoseStreamIsReadyIsForgotten() throws Exception {
    station.start();
    station.failingCalls.put("JobQueue.finish", FOR_EVER);
    station.failingCalls.put("JobQueue.delete", FOR_EVER);
    StreamId id = station.accept();
    station.await(id, StreamState.READY);
    Awaitility.await()
        .until(() -> station.failingCalls.getOrDefault("JobQueue.finish", 0) < FOR_EVER);
    // Only an open job is looked at again: nothing may be left to do for one that is not.
    assertThat(station.hasSource(id)).isFalse();

    station.reopened();
    assertThat(station.jobs.open()).hasSize(1);
    station.start();
    assertThat(station.jobs.find(id)).isEmpty();
    assertThat(station.find(id).state()).isEqualTo(StreamState.READY);
    assertThat(station.transcoder.begun).isEmpty();
  }

  @Test
  void aJobWhoseStreamIsDeletedIsForgottenWithItsSource() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    station.transcoder.script = _ -> held.await();
    station.start();
    StreamId id = station.accept();
    Awaitility.await().until(() -> station.transcoder.running.get() == VodStation.SLOTS);
    station.reopened();
    station.streams.delete(id);
    assertThat(station.hasSource(id)).isTrue();
    station.start();
    assertThat(station.jobs.find(id)).isEmpty();
    assertThat(station.hasSource(id)).isFalse();
  }
}
