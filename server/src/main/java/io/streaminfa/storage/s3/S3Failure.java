package io.streaminfa.storage.s3;

import io.streaminfa.storage.StorageException;
import io.streaminfa.storage.StorageException.Kind;
import java.time.Duration;
import java.util.Optional;

/**
 * Why an attempt failed.
 *
 * @param reason for an operator
 * @param mayPass whether another attempt may succeed
 * @param retryAfter what the server asked to be spared for
 */
record S3Failure(
    Kind kind,
    String reason,
    boolean mayPass,
    Optional<Duration> retryAfter,
    RuntimeException cause) {
  StorageException exception(String what, int attempts) {
    String tries = attempts == 1 ? "" : " (" + attempts + " attempts)";
    return new StorageException(kind, what + tries + ": " + reason, cause);
  }
}
