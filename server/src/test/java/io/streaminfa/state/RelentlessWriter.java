package io.streaminfa.state;

import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.SourceFile;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamEvent;
import java.nio.file.Path;
import java.util.Optional;

/** A process that saves streams with their jobs until it is killed, and says when each is saved. */
final class RelentlessWriter {
  private static final int MORE_THAN_ANYBODY_WAITS_FOR = 100_000;

  private RelentlessWriter() {}

  public static void main(String[] args) throws Exception {
    SqliteStreamStore store =
        new SqliteStreamStore(SqliteDatabase.open(Path.of(args[0]), Optional.empty()));
    for (int i = 0; i < MORE_THAN_ANYBODY_WAITS_FOR; i++) {
      Stream stream = StreamFixtures.pending(IngestType.UPLOAD);
      System.out.println(
          store.save(
              stream,
              new StreamEvent.Processing(stream.id(), StreamFixtures.TEN),
              new SourceFile("uploads/film.mp4")));
    }
  }
}
