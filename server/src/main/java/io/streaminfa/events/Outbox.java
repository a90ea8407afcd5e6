package io.streaminfa.events;

import io.streaminfa.stream.StreamId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The events that were saved with what they tell of, until they are too old. Calls may block. */
public interface Outbox {
  /**
   * A piece of the outbox.
   *
   * @param events in order
   * @param through the number up to which nothing is left out, to go on from
   * @param kept the lowest number from which on all events are kept
   */
  record Batch(List<PublishedEvent> events, long through, long kept) {
    public Batch {
      events = List.copyOf(events);
    }

    /**
     * The same to one who knows the events up to a number: with what is missing between told first.
     * A number that was never given is one of another database, of which nothing here was told.
     */
    public Batch toldAfter(long after, Instant now) {
      boolean isForeign = after > through;
      if (after + 1 >= kept && !isForeign) {
        return this;
      }
      List<PublishedEvent> all = new ArrayList<>();
      all.add(PublishedEvent.missed(after, isForeign ? through : kept - 1, now));
      all.addAll(events);
      return new Batch(all, through, kept);
    }
  }

  /**
   * What happened after an event.
   *
   * @param after the number of the last event that is known; 0: none
   * @param stream only its events; empty: those of all and of the server
   * @param limit how many at most, from 1
   */
  Batch read(long after, Optional<StreamId> stream, int limit) throws OutboxException;

  /** The number of the last event; 0: there was none. */
  long newest() throws OutboxException;
}
