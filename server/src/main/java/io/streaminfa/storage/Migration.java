package io.streaminfa.storage;

import io.streaminfa.storage.ObjectKey.ObjectType;
import io.streaminfa.storage.ObjectStore.ObjectInfo;
import io.streaminfa.storage.ObjectStore.StoredObject;
import io.streaminfa.storage.StorageException.Kind;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Copies every object of one store into another and makes sure of each. What is there already and
 * the same is not copied again, so a migration that broke off goes on when it is started again.
 * Within a stream its playlists come last, so that at every moment what the target's playlists name
 * is there.
 */
public final class Migration {
  /** Objects that are copied at once, each of them in memory meanwhile. */
  static final int MAX_AT_ONCE = 8;

  private static final int PAGE = 1_000;

  private final ObjectStore from;
  private final ObjectStore to;
  private final Progress progress;
  private final Semaphore slots = new Semaphore(MAX_AT_ONCE);
  private final AtomicLong copied = new AtomicLong();
  private final AtomicLong copiedBytes = new AtomicLong();
  private final AtomicLong present = new AtomicLong();

  /** Hears how far a migration is; called from several threads. */
  @FunctionalInterface
  public interface Progress {
    /**
     * @param streamsDone of {@code streams}
     */
    void at(int streamsDone, int streams, Summary summary);
  }

  /**
   * @param copied objects that were not there, or not the same
   * @param present objects that were there already
   */
  public record Summary(long copied, long copiedBytes, long present) {}

  public Migration(ObjectStore from, ObjectStore to, Progress progress) {
    this.from = from;
    this.to = to;
    this.progress = progress;
  }

  /**
   * @throws StorageException at the first object that cannot be read, stored or found again
   */
  public Summary run() throws StorageException, InterruptedException {
    List<String> streams = streams();
    for (int done = 0; done < streams.size(); done++) {
      progress.at(done, streams.size(), summary());
      copyStream(ObjectKey.streamPrefix(streams.get(done)));
    }
    progress.at(streams.size(), streams.size(), summary());
    return summary();
  }

  private Summary summary() {
    return new Summary(copied.get(), copiedBytes.get(), present.get());
  }

  private List<String> streams() throws StorageException, InterruptedException {
    List<String> names = new ArrayList<>();
    List<String> page = from.streams(Optional.empty(), PAGE);
    while (!page.isEmpty()) {
      names.addAll(page);
      page = from.streams(Optional.of(page.getLast()), PAGE);
    }
    return names;
  }

  private void copyStream(String prefix) throws StorageException, InterruptedException {
    List<ObjectKey> mediaPlaylists = new ArrayList<>();
    List<ObjectKey> last = new ArrayList<>();
    Optional<ObjectKey> after = Optional.empty();
    while (true) {
      List<ObjectInfo> page = from.list(prefix, after, PAGE);
      if (page.isEmpty()) {
        break;
      }
      List<ObjectKey> media = new ArrayList<>();
      for (ObjectInfo info : page) {
        ObjectKey key = info.key();
        boolean isTop = key.value().indexOf('/', prefix.length()) < 0;
        if (key.type() == ObjectType.MANIFEST) {
          (isTop ? last : mediaPlaylists).add(key);
        } else {
          media.add(key);
        }
      }
      copyAll(media);
      after = Optional.of(page.getLast().key());
    }
    copyAll(mediaPlaylists);
    copyAll(last);
  }

  private void copyAll(List<ObjectKey> keys) throws StorageException, InterruptedException {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> copies = new ArrayList<>();
      try {
        for (ObjectKey key : keys) {
          copies.add(executor.submit(() -> copyInTurn(key)));
        }
        for (Future<Boolean> copy : copies) {
          copy.get();
        }
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case StorageException failure -> throw failure;
          case RuntimeException broken -> throw broken;
          case null, default -> throw new IllegalStateException("a copy throws nothing else", e);
        }
      } finally {
        executor.shutdownNow();
      }
    }
  }

  private boolean copyInTurn(ObjectKey key) throws StorageException, InterruptedException {
    slots.acquire();
    try {
      return copy(key);
    } finally {
      slots.release();
    }
  }

  private boolean copy(ObjectKey key) throws StorageException, InterruptedException {
    Optional<StoredObject> source = from.get(key);
    if (source.isEmpty()) {
      return false; // deleted since it was listed
    }
    ByteBuffer data = source.get().data();
    if (isThere(key, data)) {
      present.incrementAndGet();
      return false;
    }
    to.put(key, data.duplicate());
    if (!isThere(key, data)) {
      throw new StorageException(Kind.CORRUPT, key + " is not what was stored a moment ago");
    }
    copied.incrementAndGet();
    copiedBytes.addAndGet(data.remaining());
    return true;
  }

  /** By its entity tag where that is an MD5 of the bytes, as S3's often is; else by its bytes. */
  private boolean isThere(ObjectKey key, ByteBuffer data)
      throws StorageException, InterruptedException {
    Optional<ObjectInfo> info = to.head(key);
    if (info.isEmpty() || info.get().sizeBytes() != data.remaining()) {
      return false;
    }
    if (info.get().etag().equals(md5(data))) {
      return true;
    }
    return to.get(key).map(StoredObject::data).filter(data::equals).isPresent();
  }

  private static String md5(ByteBuffer data) {
    try {
      MessageDigest digest = MessageDigest.getInstance("MD5");
      digest.update(data.duplicate());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }
}
