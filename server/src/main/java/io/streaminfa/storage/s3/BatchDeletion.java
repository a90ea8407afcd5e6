package io.streaminfa.storage.s3;

import io.streaminfa.storage.StorageException;
import io.streaminfa.storage.StorageException.Kind;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

/** Deletes objects: many with one request, or one by one where the service knows no other way. */
final class BatchDeletion {
  /** What a service answers that has no DeleteObjects. */
  private static final Set<String> UNKNOWN = Set.of("NotImplemented", "MethodNotAllowed");

  private static final Logger log = LoggerFactory.getLogger(BatchDeletion.class);

  private final S3Connection connection;
  private final Attempts attempts;
  private final String bucket;
  private final AtomicBoolean oneByOne = new AtomicBoolean();

  BatchDeletion(S3Connection connection, Attempts attempts, String bucket) {
    this.connection = connection;
    this.attempts = attempts;
    this.bucket = bucket;
  }

  /** Removes the object; one that is not there is no error. */
  void delete(String operation, String key) throws StorageException, InterruptedException {
    S3Client client = connection.client();
    boolean _ =
        attempts.run(
            operation,
            "cannot delete " + key,
            () -> {
              try {
                var _ = client.deleteObject(request -> request.bucket(bucket).key(key));
                return true;
              } catch (AwsServiceException e) {
                if (e.statusCode() == 404 && !S3Failures.code(e).equals("NoSuchBucket")) {
                  return false;
                }
                throw e;
              }
            });
  }

  /**
   * Removes them all, or says why one could not be removed; others may be gone then.
   *
   * @param prefix of the messages
   * @param keys at most 1000
   */
  void deleteAll(String prefix, List<String> keys) throws StorageException, InterruptedException {
    if (!oneByOne.get()) {
      List<S3Error> errors = batch(prefix, keys);
      if (!errors.isEmpty()) {
        throw partial(prefix, errors);
      }
    }
    if (oneByOne.get()) {
      for (String key : keys) {
        delete("delete_prefix", key);
      }
    }
  }

  private List<S3Error> batch(String prefix, List<String> keys)
      throws StorageException, InterruptedException {
    List<ObjectIdentifier> objects =
        keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
    DeleteObjectsRequest request =
        DeleteObjectsRequest.builder()
            .bucket(bucket)
            .delete(delete -> delete.objects(objects).quiet(true))
            .build();
    S3Client client = connection.client();
    return attempts.run(
        "delete_prefix",
        "cannot delete " + prefix,
        () -> {
          try {
            return client.deleteObjects(request).errors().stream()
                .filter(error -> !"NoSuchKey".equals(error.code()))
                .toList();
          } catch (AwsServiceException e) {
            if (!isUnknown(e)) {
              throw e;
            }
            if (!oneByOne.getAndSet(true)) {
              log.info("the service has no DeleteObjects: objects are deleted one by one");
            }
            return List.of();
          }
        });
  }

  private static boolean isUnknown(AwsServiceException e) {
    return e.statusCode() == 501 || e.statusCode() == 405 || UNKNOWN.contains(S3Failures.code(e));
  }

  private static StorageException partial(String prefix, List<S3Error> errors) {
    S3Error first = errors.getFirst();
    Kind kind =
        switch (String.valueOf(first.code())) {
          case "AccessDenied" -> Kind.DENIED;
          case "InternalError", "SlowDown", "ServiceUnavailable" -> Kind.UNAVAILABLE;
          default -> Kind.CORRUPT;
        };
    return new StorageException(
        kind,
        "cannot delete %s: %d objects stay, the first is %s (%s %s)"
            .formatted(prefix, errors.size(), first.key(), first.code(), first.message()));
  }
}
