package io.streaminfa.stress;

import io.streaminfa.stream.MemoryStreamStore;
import io.streaminfa.stream.StreamEvent;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;

/** A publisher that is lost and back without end: each a decided, saved and told event. */
final class PipelineEvents implements Scenario {
  private final int count;
  private final StreamRegistry registry;
  private final StreamId id;

  // Told under the registry's lock, read when all is over.
  private long told;
  private long lastNumber;
  private boolean wasLost;
  private boolean inOrder = true;

  PipelineEvents(int count) throws StreamException {
    this.count = count;
    registry = Streams.open(new MemoryStreamStore());
    id = Streams.create(registry).stream().id();
    registry.markLive(id);
    lastNumber = 2;
    registry.addListener(
        (number, event, after) -> {
          boolean isLost = event instanceof StreamEvent.PublisherLost;
          inOrder &= number == lastNumber + 1 && isLost != wasLost && isLost != after.publishing();
          wasLost = isLost;
          lastNumber = number;
          told++;
        });
  }

  @Override
  public String operation() {
    return "an event decided, saved in memory and told to a listener";
  }

  @Override
  public Figures round() throws Exception {
    told = 0;
    Figures figures = new Crowd().measured(count, this::report).run();
    WrongResult.unless(told == count, count + " events, " + told + " told");
    WrongResult.unless(inOrder, "events were told out of order");
    return figures;
  }

  private void report(Laps laps) throws StreamException {
    for (int i = 0; i < count; i++) {
      if (wasLost) {
        registry.publisherBack(id);
      } else {
        registry.publisherLost(id);
      }
      laps.lap();
    }
  }

  @Override
  public void close() {}
}
