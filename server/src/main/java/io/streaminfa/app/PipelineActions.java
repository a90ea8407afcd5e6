package io.streaminfa.app;

import io.streaminfa.control.StreamActions;
import io.streaminfa.delivery.OriginHandler;
import io.streaminfa.jobs.JobException;
import io.streaminfa.pipeline.LivePipelines;
import io.streaminfa.pipeline.VodPipelines;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.Retention;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.StreamId;

/** What the API does to running streams: ends them in the pipelines, forgets them in the cache. */
final class PipelineActions implements StreamActions {
  private final LivePipelines live;
  private final VodPipelines files;
  private final OriginHandler origin;
  private final Retention retention;

  PipelineActions(
      LivePipelines live, VodPipelines files, OriginHandler origin, Retention retention) {
    this.live = live;
    this.files = files;
    this.origin = origin;
    this.retention = retention;
  }

  @Override
  public boolean stop(StreamId id) {
    return live.stop(id);
  }

  @Override
  public ObjectStore.Deleted delete(StreamId id) throws StorageException, InterruptedException {
    cancelFile(id);
    ObjectStore.Deleted deleted = live.delete(id);
    String prefix = ObjectKey.streamPrefix(id.value());
    origin.purge(prefix);
    retention.forget(prefix);
    return deleted;
  }

  private void cancelFile(StreamId id) throws StorageException, InterruptedException {
    try {
      if (!files.cancel(id)) {
        throw new StorageException(
            StorageException.Kind.UNAVAILABLE, "the work on the stream's file does not stop");
      }
    } catch (JobException e) {
      throw new StorageException(
          StorageException.Kind.UNAVAILABLE, "the stream's job cannot be forgotten", e);
    }
  }
}
