package io.streaminfa.stream;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A change that its caller waits for. Everything but the constructor wants the changes' lock. */
final class PendingChange {
  private final Optional<?> subject;
  private final Decision decision;
  private @Nullable Stream result;
  private @Nullable Throwable failure;

  /**
   * @param subject what no two changes of one group are about: an id, a key, or nothing
   */
  PendingChange(Optional<?> subject, Decision decision) {
    this.subject = subject;
    this.decision = decision;
  }

  /** What is to become of the stream, by what the registry is now. */
  @FunctionalInterface
  interface Decision {
    /**
     * @param newcomers streams that the group makes before this change
     */
    Step make(int newcomers) throws StreamException;
  }

  /**
   * What a decision comes to.
   *
   * @param event empty: the stream is already as asked, and nothing is saved
   */
  record Step(Stream after, Optional<StreamEvent> event, Optional<SourceFile> source) {
    static Step none(Stream stream) {
      return new Step(stream, Optional.empty(), Optional.empty());
    }
  }

  Optional<?> subject() {
    return subject;
  }

  boolean isOver() {
    return result != null || failure != null;
  }

  /** What is to be saved; empty when it is over without. */
  Optional<StreamStore.Change> decide(int newcomers) {
    try {
      Step step = decision.make(newcomers);
      if (step.event().isPresent()) {
        return Optional.of(new StreamStore.Change(step.after(), step.event().get(), step.source()));
      }
      result = step.after();
    } catch (StreamException | RuntimeException e) {
      failure = e; // Its caller's, not that of whose turn it is.
    }
    return Optional.empty();
  }

  void made(Stream after) {
    result = after;
  }

  void failed(Throwable cause) {
    failure = cause;
  }

  Stream outcome() throws StreamException {
    if (result != null) {
      return result;
    }
    switch (failure) {
      case StreamException refused -> throw refused;
      case RuntimeException broken -> throw broken;
      case Error broken -> throw broken;
      case null, default ->
          throw new IllegalStateException("a change throws nothing else", failure);
    }
  }
}
