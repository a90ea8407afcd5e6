package io.streaminfa.stress;

import io.streaminfa.events.PublishedEvent;
import io.streaminfa.state.SqliteDatabase;
import io.streaminfa.state.SqliteOutbox;
import io.streaminfa.state.SqliteStreamStore;
import io.streaminfa.state.StateException;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Clients that each make a stream at the same moment; each is answered when it is on the disk. */
final class StreamCreation implements Scenario {
  private final int count;
  private final Path file;
  private final SqliteDatabase database;
  private final StreamRegistry registry;

  /** Looks into the file beside the registry, as another program would. */
  private final SqliteDatabase witnessDatabase;

  private final SqliteOutbox witness;
  private final List<Long> told = new ArrayList<>();
  private long lastNumber;
  private long made;

  StreamCreation(int count, Path directory) throws StateException, StreamException {
    this.count = count;
    file = directory.resolve("streams.db");
    database = SqliteDatabase.open(file, Optional.empty());
    registry = Streams.open(new SqliteStreamStore(database));
    registry.addListener((number, _, _) -> told.add(number));
    witnessDatabase = SqliteDatabase.open(file, Optional.empty());
    witness = new SqliteOutbox(witnessDatabase);
  }

  @Override
  public String operation() {
    return "a stream made by one of " + count + " clients at once, synced in SQLite";
  }

  @Override
  public Figures round() throws Exception {
    told.clear();
    AtomicReferenceArray<NewStream.Made> answers = new AtomicReferenceArray<>(count);
    Crowd crowd = new Crowd();
    for (int i = 0; i < count; i++) {
      int client = i;
      crowd.measured(
          1,
          laps -> {
            answers.set(client, Streams.create(registry));
            laps.lap();
          });
    }
    Figures figures = crowd.run();
    made += count;
    check(answers);
    return figures;
  }

  private void check(AtomicReferenceArray<NewStream.Made> answers) throws Exception {
    Set<StreamId> answered = new HashSet<>();
    for (int i = 0; i < count; i++) {
      Stream stream = answers.get(i).stream();
      answered.add(stream.id());
      WrongResult.unless(
          registry.find(stream.id()).filter(stream::equals).isPresent(),
          "the registry does not know stream " + stream.id());
    }
    Set<StreamId> saved = new HashSet<>();
    for (PublishedEvent event : witness.read(lastNumber, Optional.empty(), count + 1).events()) {
      WrongResult.unless(event.id() == ++lastNumber, "an event's number is missing");
      WrongResult.unless(told.get(saved.size()) == lastNumber, "events were told out of order");
      saved.add(event.streamId().orElseThrow());
    }
    WrongResult.unless(
        answered.size() == count && saved.equals(answered),
        "%d streams answered, %d saved".formatted(answered.size(), saved.size()));
  }

  /** Opens the file again, as the server does after a crash. */
  @Override
  public void close() throws WrongResult, StateException, StreamException {
    witnessDatabase.close();
    database.close();
    try (SqliteDatabase again = SqliteDatabase.open(file, Optional.empty())) {
      List<Stream> loaded = new SqliteStreamStore(again).loadAll();
      WrongResult.unless(
          loaded.size() == made, made + " streams made, " + loaded.size() + " in the file");
      for (Stream stream : loaded) {
        WrongResult.unless(
            registry.find(stream.id()).filter(stream::equals).isPresent(),
            "the file has another stream " + stream.id());
      }
    }
  }
}
