package io.streaminfa.pipeline;

import io.streaminfa.packager.LivePackager;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamId;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the live playlists of a stream come to their end, and give way to what stays of it. */
final class StreamEnding {
  private static final Logger log = LoggerFactory.getLogger(StreamEnding.class);

  private final StreamId id;
  private final LivePackager packager;
  private final PipelineEnvironment environment;

  /** Open once the recording may replace the live playlist at once. */
  private final CountDownLatch hurry = new CountDownLatch(1);

  StreamEnding(StreamId id, LivePackager packager, PipelineEnvironment environment) {
    this.id = id;
    this.packager = packager;
    this.environment = environment;
  }

  /** From now on nobody waits for players; from any thread, at any time. */
  void hurry() {
    hurry.countDown();
  }

  /**
   * Ends the playlists, and publishes what stays a little later.
   *
   * @param unwanted whether the stream was deleted meanwhile
   * @return false when it was
   * @throws StorageException when not all of it could be stored
   */
  boolean conclude(BooleanSupplier unwanted) throws StorageException, InterruptedException {
    packager.finish();
    awaitGrace();
    if (unwanted.getAsBoolean()) {
      return false;
    }
    packager.publishRecording();
    describeRecording();
    log.info("finished: {} s can be played", packager.duration().toSeconds());
    return true;
  }

  /**
   * A player that has the live playlist must see its end before the recording, whose media sequence
   * starts again at zero, takes the same URL (rule 3 of HLS: the sequence never falls).
   */
  private void awaitGrace() throws InterruptedException {
    if (hurry.await(environment.limits().endingGrace().toMillis(), TimeUnit.MILLISECONDS)) {
      log.debug("what stays takes its place at once");
    }
  }

  private void describeRecording() throws StorageException, InterruptedException {
    Optional<Stream> stream = environment.registry().find(id).filter(Stream::record);
    if (stream.isPresent()) {
      environment
          .store()
          .put(
              ObjectKey.metadata(id.value()),
              RecordingDescription.of(stream.get(), packager.duration()).json());
    }
  }
}
