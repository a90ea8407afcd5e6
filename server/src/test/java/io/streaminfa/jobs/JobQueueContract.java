package io.streaminfa.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.jobs.VodChunk.Kind;
import io.streaminfa.jobs.VodChunk.Span;
import io.streaminfa.stream.SourceFile;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every job queue promises. A queue's test extends this and says how to make one. */
public abstract class JobQueueContract {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final SourceFile SOURCE = new SourceFile("uploads/film.mp4");
  private static final List<Span> SPANS =
      List.of(
          new Span(Kind.VIDEO, 0, 540_000),
          new Span(Kind.VIDEO, 540_000, 900_000),
          new Span(Kind.AUDIO, 0, 900_000));

  private JobQueue queue;

  /** An empty queue. */
  protected abstract JobQueue create() throws Exception;

  /** Makes a stream that a job may belong to. */
  protected abstract void makeStream(StreamId id) throws Exception;

  /** The queue as the next process would find it; the same one where nothing is kept. */
  protected abstract JobQueue restart() throws Exception;

  @BeforeEach
  final void open() throws Exception {
    queue = create();
  }

  private StreamId enqueued(Instant at) throws Exception {
    StreamId id = StreamId.create(Clock.systemUTC());
    makeStream(id);
    queue.enqueue(VodJob.queued(id, SOURCE, at));
    return id;
  }

  private StreamId planned(Instant at) throws Exception {
    StreamId id = enqueued(at);
    queue.plan(id, "{\"rungs\":2}", SPANS);
    return id;
  }

  private static List<String> names(List<VodChunk> chunks, StreamId first) {
    return chunks.stream()
        .map(c -> (c.streamId().equals(first) ? "first " : "second ") + c.index())
        .toList();
  }

  private void assertConflict(ThrowingCallable change) {
    assertThatThrownBy(change)
        .isInstanceOfSatisfying(
            JobException.Conflict.class, e -> assertThat(e.code()).isEqualTo("illegal_job_change"));
  }

  private void assertNotFound(ThrowingCallable change, String code) {
    assertThatThrownBy(change)
        .isInstanceOfSatisfying(
            JobException.NotFound.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  final void aJobGoesThroughItsLife() throws Exception {
    StreamId id = enqueued(NOON);
    VodJob job = VodJob.queued(id, SOURCE, NOON);
    assertThat(queue.find(id)).contains(job);
    assertThat(queue.open()).containsExactly(job);
    assertThat(queue.chunks(id)).isEmpty();

    queue.plan(id, "the plan", SPANS);
    assertThat(queue.find(id)).contains(job.planned("the plan"));
    assertThat(queue.chunks(id)).isEqualTo(VodChunk.pending(id, SPANS));

    for (VodChunk chunk : queue.claim(SPANS.size())) {
      queue.chunkDone(id, chunk.index(), "result " + chunk.index());
    }
    assertThat(queue.chunks(id))
        .extracting(c -> c.state() + " " + c.result().orElseThrow())
        .containsExactly("DONE result 0", "DONE result 1", "DONE result 2");

    queue.finish(id);
    assertThat(queue.find(id).orElseThrow().state()).isEqualTo(VodJob.State.DONE);
    assertThat(queue.find(id).orElseThrow().plan()).contains("the plan");
    assertThat(queue.open()).isEmpty();
  }

  @Test
  final void aStreamHasOneJob() throws Exception {
    StreamId id = enqueued(NOON);
    assertConflict(() -> queue.enqueue(VodJob.queued(id, SOURCE, NOON)));
  }

  @Test
  final void chunksAreHandedOutOldestJobFirstAndLowestIndexFirst() throws Exception {
    planned(NOON.plusSeconds(1));
    StreamId first = planned(NOON);
    enqueued(NOON.minusSeconds(1));
    assertThat(names(queue.claim(2), first)).containsExactly("first 0", "first 1");
    assertThat(names(queue.claim(2), first)).containsExactly("first 2", "second 0");
    assertThat(names(queue.claim(9), first)).containsExactly("second 1", "second 2");
    assertThat(queue.claim(1)).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> queue.claim(0));
  }

  @Test
  final void openJobsAreListedOldestFirst() throws Exception {
    StreamId second = enqueued(NOON);
    StreamId first = planned(NOON.minusSeconds(1));
    assertThat(queue.open()).extracting(VodJob::streamId).containsExactly(first, second);
  }

  @Test
  final void aChunkThatFailedComesAgainAndIsCounted() throws Exception {
    StreamId id = planned(NOON);
    for (int attempts = 1; attempts <= 3; attempts++) {
      VodChunk chunk = queue.claim(1).getFirst();
      assertThat(chunk.index()).isZero();
      assertThat(chunk.failedAttempts()).isEqualTo(attempts - 1);
      assertThat(queue.chunkFailed(id, 0, "worker died " + attempts)).isEqualTo(attempts);
    }
    assertThat(queue.chunks(id).getFirst().problem()).contains("worker died 3");
    queue.claim(1);
    queue.chunkFailed(id, 0, "x".repeat(VodChunk.MAX_PROBLEM_CHARS + 1));
    assertThat(queue.chunks(id).getFirst().problem().orElseThrow())
        .hasSize(VodChunk.MAX_PROBLEM_CHARS);
  }

  @Test
  final void aJobThatIsGivenUpHandsOutNoMoreChunks() throws Exception {
    StreamId id = planned(NOON);
    queue.claim(1);
    StreamFailure reason = new StreamFailure("chunk_failed", "three times");
    queue.fail(id, reason);
    assertThat(queue.find(id).orElseThrow().failure()).contains(reason);
    assertThat(queue.find(id).orElseThrow().state()).isEqualTo(VodJob.State.FAILED);
    assertThat(queue.open()).isEmpty();
    assertThat(queue.claim(1)).isEmpty();
    assertConflict(() -> queue.chunkDone(id, 0, "late"));
    assertConflict(() -> queue.fail(id, reason));
  }

  @Test
  final void aJobThatWasNeverPlannedCanBeGivenUp() throws Exception {
    StreamId id = enqueued(NOON);
    queue.fail(id, new StreamFailure("not_media", "no moov"));
    assertThat(queue.open()).isEmpty();
  }

  @Test
  final void whatIsOutOfOrderIsRefusedAndChangesNothing() throws Exception {
    StreamId id = enqueued(NOON);
    assertConflict(() -> queue.finish(id));
    assertConflict(() -> queue.chunkDone(id, 0, ""));
    queue.plan(id, "plan", SPANS);
    assertConflict(() -> queue.plan(id, "another", SPANS));
    assertConflict(() -> queue.chunkDone(id, 0, "unclaimed"));
    assertConflict(() -> queue.chunkFailed(id, 0, "unclaimed"));
    assertConflict(() -> queue.finish(id));
    assertThat(queue.find(id).orElseThrow().plan()).contains("plan");
    assertThat(queue.chunks(id)).isEqualTo(VodChunk.pending(id, SPANS));
  }

  @Test
  final void aPlanHasAtLeastOneChunkAndNotTooMany() throws Exception {
    StreamId id = enqueued(NOON);
    assertThatIllegalArgumentException().isThrownBy(() -> queue.plan(id, "plan", List.of()));
    List<Span> tooMany = Collections.nCopies(VodChunk.MAX_CHUNKS + 1, SPANS.getFirst());
    assertThatIllegalArgumentException().isThrownBy(() -> queue.plan(id, "plan", tooMany));
    queue.plan(id, "plan", tooMany.subList(1, tooMany.size()));
    assertThat(queue.chunks(id)).hasSize(VodChunk.MAX_CHUNKS);
  }

  @Test
  final void whatIsNotThereIsSaid() throws Exception {
    StreamId nobody = StreamId.create(Clock.systemUTC());
    assertThat(queue.find(nobody)).isEmpty();
    assertThat(queue.chunks(nobody)).isEmpty();
    assertNotFound(() -> queue.plan(nobody, "plan", SPANS), "job_not_found");
    assertNotFound(() -> queue.finish(nobody), "job_not_found");
    assertNotFound(() -> queue.fail(nobody, new StreamFailure("a", "b")), "job_not_found");
    assertNotFound(() -> queue.chunkDone(nobody, 0, ""), "job_not_found");
    StreamId id = planned(NOON);
    assertNotFound(() -> queue.chunkDone(id, 3, ""), "chunk_not_found");
    assertNotFound(() -> queue.chunkFailed(id, -1, ""), "chunk_not_found");
  }

  @Test
  final void aDeletedJobIsGoneWithItsChunks() throws Exception {
    StreamId id = planned(NOON);
    queue.claim(1);
    queue.delete(id);
    queue.delete(id);
    assertThat(queue.find(id)).isEmpty();
    assertThat(queue.chunks(id)).isEmpty();
    assertThat(queue.claim(9)).isEmpty();
    assertNotFound(() -> queue.chunkDone(id, 0, "late"), "job_not_found");
  }

  @Test
  final void afterARestartWhatWasBeingWorkedOnIsPendingAgain() throws Exception {
    StreamId id = planned(NOON);
    queue.claim(2);
    queue.chunkDone(id, 0, "kept");
    queue = restart();
    assertThat(queue.reopen()).isEqualTo(1);
    assertThat(queue.reopen()).isZero();
    assertThat(queue.open()).extracting(VodJob::plan).containsExactly(Optional.of("{\"rungs\":2}"));
    assertThat(queue.chunks(id).getFirst().result()).contains("kept");
    assertThat(queue.claim(9)).extracting(VodChunk::index).containsExactly(1, 2);
    assertThat(queue.chunks(id)).extracting(VodChunk::failedAttempts).containsOnly(0);
  }

  @Test
  final void noChunkIsHandedOutTwice() throws Exception {
    StreamId id = enqueued(NOON);
    int count = 60;
    queue.plan(id, "plan", Collections.nCopies(count, SPANS.getFirst()));
    List<Integer> claimed;
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<VodChunk>>> runs =
          IntStream.range(0, count / 2)
              .mapToObj(_ -> workers.submit(() -> queue.claim(2)))
              .toList();
      claimed = new ArrayList<>();
      for (Future<List<VodChunk>> run : runs) {
        run.get().forEach(chunk -> claimed.add(chunk.index()));
      }
    }
    assertThat(claimed).hasSize(count);
    assertThat(new TreeSet<>(claimed)).hasSize(count);
  }
}
