package io.streaminfa.delivery;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore.ObjectInfo;
import io.streaminfa.storage.ObjectStore.StoredObject;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Objects in memory, at most so many bytes of them, the least used leaving first. However many ask
 * for an object that is not here, it is read once.
 */
final class SegmentCache {
  /** How long the size of a large object is believed; its stream may be deleted. */
  private static final Duration INFO_TTL = Duration.ofSeconds(5);

  private static final int MAX_INFOS = 10_000;

  /** How a read went. The cache itself would log each failure with its stack. */
  private record Read<T>(Optional<T> found, @Nullable Throwable failure) {
    CompletableFuture<Optional<T>> result() {
      return failure == null
          ? CompletableFuture.completedFuture(found)
          : CompletableFuture.failedFuture(failure);
    }
  }

  private final CacheSettings settings;
  private final ObjectSource source;
  private final BlockingReads reads;
  private final AsyncCache<ObjectKey, Read<ServedObject>> objects;
  private final AsyncCache<ObjectKey, Read<ObjectInfo>> largeObjects;

  SegmentCache(CacheSettings settings, ObjectSource source, BlockingReads reads) {
    this.settings = settings;
    this.source = source;
    this.reads = reads;
    this.objects =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumWeight(settings.enabled() ? settings.maxSizeBytes() : 0)
            .<ObjectKey, Read<ServedObject>>weigher(
                (key, read) -> read.found().map(ServedObject::weightBytes).orElse(0))
            .expireAfter(
                Expiry.<ObjectKey, Read<ServedObject>>creating(
                    (key, read) -> timeToLive(read.found())))
            .buildAsync();
    this.largeObjects =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumSize(MAX_INFOS)
            .expireAfter(
                Expiry.<ObjectKey, Read<ObjectInfo>>creating(
                    (key, read) -> read.failure() == null ? INFO_TTL : Duration.ZERO))
            .buildAsync();
  }

  /** What is missing, still changes or is too large is handed to those who wait, and not kept. */
  private Duration timeToLive(Optional<ServedObject> found) {
    if (!settings.enabled() || found.isEmpty() || !found.get().isFinal()) {
      return Duration.ZERO;
    }
    ServedObject object = found.get();
    if (object.identity().bytes().length() > ObjectSource.LARGE_BYTES) {
      return Duration.ZERO;
    }
    return CachePolicy.isImmutable(object.key().type()) ? settings.segmentTtl() : settings.ttl();
  }

  /** The object if it is here; never blocks. */
  Optional<ServedObject> cached(ObjectKey key) {
    CompletableFuture<Read<ServedObject>> entry = objects.getIfPresent(key);
    return entry != null && entry.state() == CompletableFuture.State.SUCCESS
        ? entry.resultNow().found()
        : Optional.empty();
  }

  /** The object from here, or read; never blocks. */
  CompletableFuture<Optional<ServedObject>> load(ObjectKey key) {
    return objects
        .get(key, (missing, executor) -> read(() -> source.read(missing)))
        .thenCompose(Read::result);
  }

  /** Size and identity of an object that is better read in parts; empty for any other. */
  CompletableFuture<Optional<ObjectInfo>> large(ObjectKey key) {
    return largeObjects
        .get(key, (missing, executor) -> read(() -> source.large(missing)))
        .thenCompose(Read::result);
  }

  private <T> CompletableFuture<Read<T>> read(Callable<Optional<T>> task) {
    return reads
        .submit(task)
        .thenApply(found -> new Read<>(found, null))
        .exceptionally(failure -> new Read<>(Optional.empty(), failure));
  }

  /** Past the cache. */
  CompletableFuture<Optional<StoredObject>> range(ObjectKey key, RangeRequest.Slice slice) {
    return reads.submit(() -> source.range(key, slice));
  }

  /** Forgets everything below a prefix; what is being read now is not kept either. */
  void purge(String prefix) {
    objects.asMap().keySet().removeIf(key -> key.value().startsWith(prefix));
    largeObjects.asMap().keySet().removeIf(key -> key.value().startsWith(prefix));
  }

  long sizeBytes() {
    return objects
        .synchronous()
        .policy()
        .eviction()
        .map(Policy.Eviction::weightedSize)
        .orElse(OptionalLong.empty())
        .orElse(0);
  }

  long entries() {
    return objects.synchronous().estimatedSize();
  }
}
