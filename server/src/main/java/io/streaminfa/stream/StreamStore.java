package io.streaminfa.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps streams and what happened to them across restarts. Only the {@link StreamRegistry} calls
 * it, one call at a time; calls may block.
 */
public interface StreamStore extends AutoCloseable {
  /** Every stream as it was last saved. */
  List<Stream> loadAll() throws StreamException.StoreFailed;

  /**
   * Saves a stream together with the event that changed it, both or neither.
   *
   * @return the event's number: it rises with every saved event, restarts included
   */
  long save(Stream stream, StreamEvent event) throws StreamException.StoreFailed;

  /**
   * Saves a stream and its event as {@link #save(Stream, StreamEvent)} does, and with them the job
   * of making the stream out of a file: all or nothing.
   *
   * @return the event's number
   */
  long save(Stream stream, StreamEvent event, SourceFile source) throws StreamException.StoreFailed;

  /**
   * Saves changes of different streams in their order, each on its own: one that fails leaves the
   * others alone. A store may make them durable together.
   *
   * @return what became of each, in the order of {@code changes}
   */
  default List<Outcome> saveAll(List<Change> changes) {
    List<Outcome> outcomes = new ArrayList<>(changes.size());
    for (Change change : changes) {
      outcomes.add(outcomeOf(change));
    }
    return outcomes;
  }

  private Outcome outcomeOf(Change change) {
    try {
      return new Outcome.Saved(
          change.source().isPresent()
              ? save(change.after(), change.event(), change.source().get())
              : save(change.after(), change.event()));
    } catch (StreamException.StoreFailed e) {
      return new Outcome.Failed(e);
    }
  }

  /**
   * What there is to save.
   *
   * @param after the stream as the event leaves it
   * @param source of what is to be made into the stream, saved as its job
   */
  record Change(Stream after, StreamEvent event, Optional<SourceFile> source) {}

  /** What became of a change. */
  sealed interface Outcome {
    /**
     * It is saved.
     *
     * @param number of its event
     */
    record Saved(long number) implements Outcome {}

    /** Nothing of it is. */
    record Failed(StreamException.StoreFailed cause) implements Outcome {}
  }

  /** Forgets a stream and its job; one that is not there is no error. Its events may stay. */
  void remove(StreamId id) throws StreamException.StoreFailed;

  @Override
  void close();
}
