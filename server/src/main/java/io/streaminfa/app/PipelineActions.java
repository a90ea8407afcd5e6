package io.streaminfa.app;

import io.streaminfa.control.StreamActions;
import io.streaminfa.delivery.OriginHandler;
import io.streaminfa.pipeline.LivePipelines;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.StreamId;

/** What the API does to running streams: ends them in the pipeline, forgets them in the cache. */
final class PipelineActions implements StreamActions {
  private final LivePipelines pipelines;
  private final OriginHandler origin;

  PipelineActions(LivePipelines pipelines, OriginHandler origin) {
    this.pipelines = pipelines;
    this.origin = origin;
  }

  @Override
  public boolean stop(StreamId id) {
    return pipelines.stop(id);
  }

  @Override
  public ObjectStore.Deleted delete(StreamId id) throws StorageException, InterruptedException {
    ObjectStore.Deleted deleted = pipelines.delete(id);
    origin.purge(ObjectKey.streamPrefix(id.value()));
    return deleted;
  }
}
