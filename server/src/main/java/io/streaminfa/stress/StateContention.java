package io.streaminfa.stress;

import io.streaminfa.stream.MediaInfo;
import io.streaminfa.stream.MemoryStreamStore;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.stream.StreamRendition;
import io.streaminfa.units.Bitrate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pipelines that count segments, with clients that edit, against clients that read: every writer
 * changes every stream. A read is what counts; a lost update fails.
 */
final class StateContention implements Scenario {
  private static final int STREAMS = 50;
  private static final int UPDATES = 1000;
  private static final int READS = 10_000;

  /** Of a writer's changes each so manieth is an edit, which is saved and told. */
  private static final int EDIT_EVERY = 10;

  /** After so many operations a thread lets others run, as one that waits for a socket does. */
  private static final int TURN = 100;

  private static final String RENDITION = "high";

  private final int writers;
  private final int readers;
  private final StreamRegistry registry;
  private final List<StreamId> ids = new ArrayList<>();
  private final AtomicLong told = new AtomicLong();
  private long counted;
  private long edited;

  StateContention(int writers, int readers) throws StreamException {
    this.writers = writers;
    this.readers = readers;
    registry = Streams.open(new MemoryStreamStore());
    for (int i = 0; i < STREAMS; i++) {
      StreamId id = Streams.create(registry).stream().id();
      ids.add(id);
      registry.markLive(id);
      registry.describe(
          id,
          new MediaInfo(Optional.empty(), Optional.empty()),
          List.of(
              new StreamRendition(
                  RENDITION,
                  Optional.empty(),
                  Bitrate.ofKbps(3500),
                  0,
                  StreamRendition.Status.ACTIVE)));
    }
    registry.addListener((_, _, _) -> told.incrementAndGet());
  }

  @Override
  public String operation() {
    return "a read of a stream by one of %d clients, while %d writers change it"
        .formatted(readers, writers);
  }

  @Override
  public Figures round() throws Exception {
    Crowd crowd = new Crowd();
    for (int i = 0; i < writers; i++) {
      int first = i;
      crowd.beside(0, _ -> write(first));
    }
    for (int i = 0; i < readers; i++) {
      int first = i;
      crowd.measured(READS, laps -> read(first, laps));
    }
    Figures figures = crowd.run();
    edited += (long) writers * (UPDATES / EDIT_EVERY);
    counted += (long) writers * (UPDATES - UPDATES / EDIT_EVERY);
    long found = ids.stream().mapToLong(id -> segments(registry.find(id).orElseThrow())).sum();
    WrongResult.unless(
        found == counted, "%d segments counted, %d there: lost".formatted(counted, found));
    WrongResult.unless(told.get() == edited, edited + " edits made, " + told.get() + " told: lost");
    return figures;
  }

  private void write(int first) throws StreamException {
    for (int i = 1; i <= UPDATES; i++) {
      StreamId id = ids.get((first + i) % STREAMS);
      if (i % EDIT_EVERY == 0) {
        registry.edit(id, Optional.of(Metadata.EMPTY), Optional.empty());
      } else {
        registry.segmentProduced(id, RENDITION);
      }
      if (i % TURN == 0) {
        Thread.onSpinWait();
      }
    }
  }

  private void read(int first, Laps laps) throws WrongResult {
    long[] seen = new long[STREAMS];
    for (int i = 1; i <= READS; i++) {
      int index = (first + i) % STREAMS;
      long segments = segments(registry.find(ids.get(index)).orElseThrow());
      if (segments < seen[index]) {
        throw new WrongResult("a stream's count went back");
      }
      seen[index] = segments;
      laps.lap();
      if (i % TURN == 0) {
        Thread.onSpinWait();
      }
    }
  }

  private static long segments(Stream stream) {
    return stream.renditions().getFirst().segmentsProduced();
  }

  @Override
  public void close() {
    ids.clear();
  }
}
