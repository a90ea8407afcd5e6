package io.streaminfa.jobs;

import io.streaminfa.stream.SourceFile;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The work of making one stream out of one file. A stream is processed once, so the stream's id is
 * the job's name too.
 *
 * @param plan how it is done, in the words of whoever does it; present from planning on, at most
 *     {@link #MAX_PLAN_CHARS}
 * @param failure present exactly when the state is {@link State#FAILED}
 */
public record VodJob(
    StreamId streamId,
    SourceFile source,
    State state,
    Optional<String> plan,
    Instant createdAt,
    Optional<StreamFailure> failure) {
  /** The largest plan that is kept. */
  public static final int MAX_PLAN_CHARS = 1 << 20;

  /** How far a job is. */
  public enum State {
    /** Waits to be planned. */
    QUEUED,
    /** Planned; its chunks are being worked on. */
    RUNNING,
    /** Every chunk is done, and what was made of them is stored. */
    DONE,
    /** Given up. */
    FAILED;

    /** Whether somebody still has to work on it. */
    public boolean isOpen() {
      return this == QUEUED || this == RUNNING;
    }
  }

  public VodJob {
    if (failure.isPresent() != (state == State.FAILED)) {
      throw new IllegalArgumentException("failure " + failure + " while " + state);
    }
    if (plan.isPresent() && plan.get().length() > MAX_PLAN_CHARS) {
      throw new IllegalArgumentException("a plan of " + plan.get().length() + " characters");
    }
  }

  /** A job that nobody has looked at yet. */
  public static VodJob queued(StreamId streamId, SourceFile source, Instant createdAt) {
    return new VodJob(
        streamId, source, State.QUEUED, Optional.empty(), createdAt, Optional.empty());
  }

  /** This job with its plan made. Only a queued one can. */
  public VodJob planned(String text) throws JobException.Conflict {
    require(state == State.QUEUED, "planned");
    return with(State.RUNNING, Optional.of(text), Optional.empty());
  }

  /** This job with everything stored. Only a running one with all its chunks done can. */
  public VodJob finished(List<VodChunk> chunks) throws JobException.Conflict {
    require(state == State.RUNNING, "finished");
    long missing = chunks.stream().filter(c -> c.state() != VodChunk.State.DONE).count();
    if (missing > 0) {
      throw new JobException.Conflict("a job with " + missing + " chunks to do is not finished");
    }
    return with(State.DONE, plan, Optional.empty());
  }

  /** This job given up. Only an open one can. */
  public VodJob failed(StreamFailure reason) throws JobException.Conflict {
    require(state.isOpen(), "failed");
    return with(State.FAILED, plan, Optional.of(reason));
  }

  /** Chunks change only while their job runs. */
  public void requireRunning() throws JobException.Conflict {
    require(state == State.RUNNING, "worked on");
  }

  private void require(boolean allowed, String change) throws JobException.Conflict {
    if (!allowed) {
      throw new JobException.Conflict("a job that is " + state + " cannot be " + change);
    }
  }

  private VodJob with(State next, Optional<String> text, Optional<StreamFailure> reason) {
    return new VodJob(streamId, source, next, text, createdAt, reason);
  }
}
