package io.streaminfa.ingest.upload;

import io.streaminfa.ingest.IngestSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** Takes files over HTTP; made once for each data directory. */
public final class Uploads {
  private final FormUploads forms;
  private final IdempotencyKeys idempotencyKeys;

  private Uploads(UploadEnvironment environment, Clock clock) {
    forms = new FormUploads(environment);
    idempotencyKeys = new MemoryIdempotencyKeys(clock);
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

  public IdempotencyKeys idempotencyKeys() {
    return idempotencyKeys;
  }
}
