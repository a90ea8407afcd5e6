package io.streaminfa.jobs;

import io.streaminfa.stream.StreamId;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One piece of a job that is worked on by itself.
 *
 * @param index 0-based within its job, over both kinds
 * @param failedAttempts tries that ended with a failure; one that a restart cut off does not count
 * @param problem what the last failed try said, at most {@link #MAX_PROBLEM_CHARS}
 * @param result what was made of it, in the words of whoever made it; present exactly when the
 *     state is {@link State#DONE}, at most {@link #MAX_RESULT_CHARS}
 */
public record VodChunk(
    StreamId streamId,
    int index,
    Span span,
    State state,
    int failedAttempts,
    Optional<String> problem,
    Optional<String> result) {
  /** The most chunks of one job: six hours in pieces of five seconds, video and audio. */
  public static final int MAX_CHUNKS = 10_000;

  /** The largest result that is kept. */
  public static final int MAX_RESULT_CHARS = 1 << 20;

  /** A longer problem is cut off there. */
  public static final int MAX_PROBLEM_CHARS = 2_000;

  /** What a chunk is made of. */
  public enum Kind {
    VIDEO,
    AUDIO
  }

  /** How far a chunk is. */
  public enum State {
    PENDING,
    /** Somebody works on it. */
    RUNNING,
    DONE
  }

  /**
   * Which part of the source a chunk is.
   *
   * @param startTicks 1/90,000 s on the source's timeline, never negative
   * @param endTicks exclusive, after the start
   */
  public record Span(Kind kind, long startTicks, long endTicks) {
    public Span {
      if (startTicks < 0 || endTicks <= startTicks) {
        throw new IllegalArgumentException("chunk from " + startTicks + " to " + endTicks);
      }
    }
  }

  public VodChunk {
    if (index < 0 || index >= MAX_CHUNKS || failedAttempts < 0) {
      throw new IllegalArgumentException("chunk " + index + ", attempts " + failedAttempts);
    }
    if (result.isPresent() != (state == State.DONE)) {
      throw new IllegalArgumentException("a result while " + state);
    }
    if (result.isPresent() && result.get().length() > MAX_RESULT_CHARS) {
      throw new IllegalArgumentException("a result of " + result.get().length() + " characters");
    }
  }

  private static VodChunk pending(StreamId streamId, int index, Span span) {
    return new VodChunk(
        streamId, index, span, State.PENDING, 0, Optional.empty(), Optional.empty());
  }

  /**
   * The chunks of a plan, all waiting.
   *
   * @param spans 1 to {@link #MAX_CHUNKS}, in the order of their indexes
   */
  public static List<VodChunk> pending(StreamId streamId, List<Span> spans) {
    if (spans.isEmpty() || spans.size() > MAX_CHUNKS) {
      throw new IllegalArgumentException("a plan of " + spans.size() + " chunks");
    }
    return IntStream.range(0, spans.size())
        .mapToObj(index -> pending(streamId, index, spans.get(index)))
        .toList();
  }

  /** This chunk in somebody's hands. */
  public VodChunk claimed() throws JobException.Conflict {
    require(State.PENDING, "claimed");
    return with(State.RUNNING, failedAttempts, problem, Optional.empty());
  }

  /** This chunk waiting again, because who worked on it is gone. */
  public VodChunk abandoned() throws JobException.Conflict {
    require(State.RUNNING, "abandoned");
    return with(State.PENDING, failedAttempts, problem, Optional.empty());
  }

  /** This chunk waiting again after a try that failed. */
  public VodChunk failed(String message) throws JobException.Conflict {
    require(State.RUNNING, "failed");
    String kept = message.substring(0, Math.min(message.length(), MAX_PROBLEM_CHARS));
    return with(State.PENDING, failedAttempts + 1, Optional.of(kept), Optional.empty());
  }

  /** This chunk with what was made of it. */
  public VodChunk done(String text) throws JobException.Conflict {
    require(State.RUNNING, "done");
    return with(State.DONE, failedAttempts, problem, Optional.of(text));
  }

  private void require(State expected, String change) throws JobException.Conflict {
    if (state != expected) {
      throw new JobException.Conflict(
          "chunk " + index + ", which is " + state + ", cannot be " + change);
    }
  }

  private VodChunk with(
      State next, int attempts, Optional<String> lastProblem, Optional<String> text) {
    return new VodChunk(streamId, index, span, next, attempts, lastProblem, text);
  }
}
