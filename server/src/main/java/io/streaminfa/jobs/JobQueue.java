package io.streaminfa.jobs;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import java.util.List;
import java.util.Optional;

/**
 * Jobs and their chunks. Every change is saved when its call returns, or did not happen; calls may
 * block for the time of a disk, and any thread may make them.
 *
 * <p>The last steps of a job are made so that each may be repeated after a crash: the media first,
 * then the stream's state, then {@link #finish} or {@link #fail}. An open job whose stream is ready
 * only lacks the last one.
 */
public interface JobQueue {
  /**
   * Adds a queued job. An upload's job is added by {@code StreamRegistry.processing(id, source)}
   * instead, in one transaction with its stream's change.
   *
   * @throws JobException.Conflict when its stream has a job
   */
  void enqueue(VodJob job) throws JobException;

  Optional<VodJob> find(StreamId id) throws JobException.StoreFailed;

  /** Every job that is queued or running, oldest first. */
  List<VodJob> open() throws JobException.StoreFailed;

  /** A job's chunks by their index; none when there is no plan or no job. */
  List<VodChunk> chunks(StreamId id) throws JobException.StoreFailed;

  /**
   * Starts a queued job: keeps its plan and makes its chunks, all or nothing.
   *
   * @param spans 1 to {@link VodChunk#MAX_CHUNKS}; each becomes the chunk with its index
   */
  void plan(StreamId id, String plan, List<VodChunk.Span> spans) throws JobException;

  /**
   * Hands out pending chunks of running jobs: the oldest job first, the lowest index first. Each is
   * the caller's until {@link #chunkDone}, {@link #chunkFailed} or the next start.
   *
   * @param max how many at most, at least 1
   */
  List<VodChunk> claim(int max) throws JobException;

  /** A claimed chunk has its result. */
  void chunkDone(StreamId id, int index, String result) throws JobException;

  /**
   * A try at a claimed chunk failed; it is pending again.
   *
   * @return how many tries of it have failed; when that is too many is the caller's to say
   */
  @CanIgnoreReturnValue
  int chunkFailed(StreamId id, int index, String message) throws JobException;

  /** A running job is complete; each of its chunks must be done. */
  void finish(StreamId id) throws JobException;

  /** An open job is given up; its chunks are not handed out any more. */
  void fail(StreamId id, StreamFailure reason) throws JobException;

  /** Forgets a job and its chunks; one that is not there is no error. */
  void delete(StreamId id) throws JobException.StoreFailed;

  /**
   * To be called at start, before the first {@link #claim}: chunks that were being worked on are
   * pending again, because the processes that worked on them are gone.
   *
   * @return how many
   */
  @CanIgnoreReturnValue
  int reopen() throws JobException;

  static void requireQueued(VodJob job) {
    if (job.state() != VodJob.State.QUEUED) {
      throw new IllegalArgumentException("a new job that is " + job.state());
    }
  }

  static void requirePositive(int max) {
    if (max < 1) {
      throw new IllegalArgumentException("max: " + max);
    }
  }
}
