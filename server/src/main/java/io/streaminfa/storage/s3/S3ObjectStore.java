package io.streaminfa.storage.s3;

import io.streaminfa.storage.ByteRange;
import io.streaminfa.storage.KeyPrefix;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageException;
import io.streaminfa.storage.StorageException.Kind;
import io.streaminfa.storage.StorageSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Objects in one bucket, under their own keys. Nothing is sent before the first call, so that a
 * server starts while S3 is away.
 *
 * <p>Each request has {@code request_timeout_secs}, and is sent again at most {@code max_retries}
 * times where that may help, which bounds every call.
 */
public final class S3ObjectStore implements ObjectStore {
  /** Larger objects are sent in parts, so that a broken connection costs a part only. */
  static final int MULTIPART_BYTES = 16 << 20;

  /** What an answer to a list holds at most: the protocol's limit, of a batch to delete too. */
  static final int PAGE_KEYS = 1000;

  /** Ends a list that never ends: a hundred million objects under one prefix. */
  private static final int MAX_PAGES = 100_000;

  /** How long the bucket is taken to be there still. */
  private static final Duration BUCKET_TRUST = Duration.ofSeconds(10);

  private final StorageSettings settings;
  private final CacheControl cacheControl;
  private final S3Connection connection;
  private final Attempts attempts;
  private final MultipartPut multipart;
  private final BatchDeletion deletion;
  private final AtomicLong bucketSeenNanos;

  /**
   * @param onRetry takes the operation of each request that is sent again: put, get, head, list,
   *     delete, delete_prefix
   */
  public S3ObjectStore(
      StorageSettings settings, CacheControl cacheControl, Consumer<String> onRetry) {
    this(settings, cacheControl, onRetry, Thread::sleep);
  }

  S3ObjectStore(
      StorageSettings settings,
      CacheControl cacheControl,
      Consumer<String> onRetry,
      Attempts.Pause pause) {
    this.settings = settings;
    this.cacheControl = cacheControl;
    connection = new S3Connection(settings);
    attempts = new Attempts(settings, onRetry, pause);
    multipart = new MultipartPut(connection, attempts, settings.bucket());
    deletion = new BatchDeletion(connection, attempts, settings.bucket());
    bucketSeenNanos = new AtomicLong(System.nanoTime() - BUCKET_TRUST.toNanos());
  }

  @Override
  public void put(ObjectKey key, ByteBuffer data) throws StorageException, InterruptedException {
    String control = cacheControl.of(key, data, this);
    if (data.remaining() > MULTIPART_BYTES) {
      multipart.put(key, data, control);
      return;
    }
    S3Client client = connection.client();
    var _ =
        attempts.run(
            "put",
            "cannot store " + key,
            () ->
                client.putObject(
                    request ->
                        request
                            .bucket(settings.bucket())
                            .key(key.value())
                            .contentType(key.contentType())
                            .cacheControl(control),
                    ObjectBody.of(data, key.contentType())));
  }

  @Override
  public Optional<StoredObject> get(ObjectKey key) throws StorageException, InterruptedException {
    return read(key, whole(key).build(), (response, in) -> ObjectBody.whole(key, response, in));
  }

  @Override
  public Optional<StoredObject> getRange(ObjectKey key, long offset, int length)
      throws StorageException, InterruptedException {
    ByteRange.checkArguments(offset, length);
    if (length == 0 || offset > Long.MAX_VALUE - length) {
      return head(key).map(S3ObjectStore::nothingOf);
    }
    String range = "bytes=" + offset + "-" + (offset + length - 1);
    return read(
        key,
        whole(key).range(range).build(),
        (response, in) -> ObjectBody.range(key, offset, length, response, in));
  }

  private GetObjectRequest.Builder whole(ObjectKey key) {
    return GetObjectRequest.builder().bucket(settings.bucket()).key(key.value());
  }

  private Optional<StoredObject> read(
      ObjectKey key,
      GetObjectRequest request,
      ResponseTransformer<GetObjectResponse, StoredObject> body)
      throws StorageException, InterruptedException {
    S3Client client = connection.client();
    return attempts.run(
        "get",
        "cannot read " + key,
        () -> {
          try {
            return Optional.of(client.getObject(request, body));
          } catch (AwsServiceException e) {
            if (e.statusCode() == 416) {
              return info(client, key).map(S3ObjectStore::nothingOf);
            }
            return emptyIfMissing(e);
          }
        });
  }

  /** An answer to a request of an object that says that it is not there; else throws it. */
  private static <T> Optional<T> emptyIfMissing(AwsServiceException e) {
    if (e.statusCode() == 404 && !S3Failures.code(e).equals("NoSuchBucket")) {
      return Optional.empty();
    }
    throw e;
  }

  private static StoredObject nothingOf(ObjectInfo info) {
    return new StoredObject(info, ByteBuffer.allocate(0).asReadOnlyBuffer());
  }

  @Override
  public Optional<ObjectInfo> head(ObjectKey key) throws StorageException, InterruptedException {
    String what = "cannot look at " + key;
    S3Client client = connection.client();
    Optional<ObjectInfo> info = attempts.run("head", what, () -> info(client, key));
    if (info.isEmpty()) {
      checkBucket(what);
    }
    return info;
  }

  private Optional<ObjectInfo> info(S3Client client, ObjectKey key) throws WrongAnswer {
    try {
      HeadObjectResponse head =
          client.headObject(request -> request.bucket(settings.bucket()).key(key.value()));
      if (head.contentLength() == null) {
        throw new WrongAnswer("an object without a length");
      }
      return Optional.of(new ObjectInfo(key, head.contentLength(), ObjectBody.etag(head.eTag())));
    } catch (AwsServiceException e) {
      return emptyIfMissing(e);
    }
  }

  /**
   * An answer to HEAD has no body, so it does not say whether the object or the bucket is missing.
   */
  private void checkBucket(String what) throws StorageException, InterruptedException {
    if (System.nanoTime() - bucketSeenNanos.get() < BUCKET_TRUST.toNanos()) {
      return;
    }
    S3Client client = connection.client();
    boolean missing = attempts.run("head", what, () -> isBucketMissing(client));
    if (missing) {
      throw new StorageException(
          Kind.NO_BUCKET, what + ": there is no bucket \"" + settings.bucket() + '"');
    }
    bucketSeenNanos.set(System.nanoTime());
  }

  private boolean isBucketMissing(S3Client client) {
    try {
      var _ = client.headBucket(request -> request.bucket(settings.bucket()));
      return false;
    } catch (AwsServiceException e) {
      if (e.statusCode() == 403) {
        return false; // the credentials may not ask; they could ask for the object
      }
      if (e.statusCode() == 404) {
        return true;
      }
      throw e;
    }
  }

  @Override
  public List<ObjectInfo> list(String prefix, Optional<ObjectKey> after, int limit)
      throws StorageException, InterruptedException {
    KeyPrefix.check(prefix);
    List<ObjectInfo> found = new ArrayList<>();
    String last = after.map(ObjectKey::value).orElse("");
    for (int pages = 0; found.size() < limit; pages++) {
      List<S3Object> page = page("list", prefix, last, Math.min(PAGE_KEYS, limit - found.size()));
      if (page.isEmpty()) {
        break;
      }
      for (S3Object object : page) {
        if (ObjectKey.isValid(object.key())) {
          found.add(info(object));
        }
      }
      last = next(prefix, last, page, pages);
    }
    return List.copyOf(found);
  }

  private List<S3Object> page(String operation, String prefix, String after, int limit)
      throws StorageException, InterruptedException {
    ListObjectsV2Request.Builder request =
        ListObjectsV2Request.builder().bucket(settings.bucket()).prefix(prefix).maxKeys(limit);
    if (!after.isEmpty()) {
      request.startAfter(after);
    }
    S3Client client = connection.client();
    return attempts.run(
        operation, "cannot list " + prefix, () -> client.listObjectsV2(request.build()).contents());
  }

  /** The last key of a page, after which the next one starts. */
  private static String next(String prefix, String after, List<S3Object> page, int pages)
      throws StorageException {
    String last = page.getLast().key();
    if (last.compareTo(after) <= 0 || pages == MAX_PAGES) {
      throw new StorageException(
          Kind.CORRUPT, "cannot list " + prefix + ": the list does not go on after " + after);
    }
    return last;
  }

  private static ObjectInfo info(S3Object object) throws StorageException {
    try {
      return new ObjectInfo(
          new ObjectKey(object.key()), object.size(), ObjectBody.etag(object.eTag()));
    } catch (WrongAnswer e) {
      throw new StorageException(
          Kind.CORRUPT, "cannot list " + object.key() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void delete(ObjectKey key) throws StorageException, InterruptedException {
    deletion.delete("delete", key.value());
  }

  @Override
  public Deleted deletePrefix(String prefix) throws StorageException, InterruptedException {
    KeyPrefix.check(prefix);
    long objects = 0;
    long bytes = 0;
    String last = "";
    for (int pages = 0; ; pages++) {
      List<S3Object> page = page("delete_prefix", prefix, last, PAGE_KEYS);
      if (page.isEmpty()) {
        return new Deleted(objects, bytes);
      }
      deletion.deleteAll(prefix, page.stream().map(S3Object::key).toList());
      objects += page.size();
      bytes += page.stream().mapToLong(S3Object::size).sum();
      last = next(prefix, last, page, pages);
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
