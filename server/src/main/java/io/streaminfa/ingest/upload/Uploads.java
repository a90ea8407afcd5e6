package io.streaminfa.ingest.upload;

import io.streaminfa.ingest.IngestSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Takes files over HTTP; made once for each data directory. */
public final class Uploads implements AutoCloseable {
  /** Between two looks for resumable uploads that have expired. */
  private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(10);

  private final FormUploads forms;
  private final TusUploads resumable;
  private final IdempotencyKeys idempotencyKeys;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("uploads").factory());

  private Uploads(UploadEnvironment environment, Clock clock) throws IOException {
    forms = new FormUploads(environment);
    resumable = TusUploads.open(environment, clock);
    idempotencyKeys = new MemoryIdempotencyKeys(clock);
    ScheduledFuture<?> _ =
        timer.scheduleWithFixedDelay(
            resumable::sweep,
            SWEEP_INTERVAL.toMillis(),
            SWEEP_INTERVAL.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /**
   * Opens {@code <dataDir>/uploads}, and removes what the last process left there half done.
   *
   * @throws IOException when the directory cannot be used
   */
  public static Uploads open(
      Path dataDir,
      IngestSettings settings,
      UploadHandler handler,
      UploadMetrics metrics,
      Clock clock)
      throws IOException {
    Path directory = dataDir.resolve("uploads");
    return open(
        directory,
        settings,
        handler,
        metrics,
        clock,
        () -> Files.getFileStore(directory).getUsableSpace());
  }

  /**
   * The same with a file system that says itself what it can take.
   *
   * @param directory for uploads only
   */
  public static Uploads open(
      Path directory,
      IngestSettings settings,
      UploadHandler handler,
      UploadMetrics metrics,
      Clock clock,
      FreeSpace freeSpace)
      throws IOException {
    UploadDirectory.open(directory);
    return new Uploads(
        new UploadEnvironment(
            directory,
            settings.maxUploadSizeBytes(),
            settings.uploadTimeout(),
            new UploadSlots(settings.maxConcurrentUploads()),
            new DiskBudget(freeSpace),
            handler,
            metrics),
        clock);
  }

  public FormUploads forms() {
    return forms;
  }

  public TusUploads resumable() {
    return resumable;
  }

  public IdempotencyKeys idempotencyKeys() {
    return idempotencyKeys;
  }

  /** Ends the housekeeping; requests that run end with their connections. */
  @Override
  public void close() {
    timer.shutdownNow();
  }
}
