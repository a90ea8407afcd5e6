package io.streaminfa.storage.s3;

import io.streaminfa.storage.StorageException;
import io.streaminfa.storage.StorageException.Kind;
import io.streaminfa.storage.StorageSettings;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/** Sends a request until it succeeds, cannot succeed, or has been sent often enough. */
final class Attempts {
  /** The longest wait between two attempts, whatever the server asks for. */
  static final Duration MAX_WAIT = Duration.ofSeconds(20);

  private static final Logger log = LoggerFactory.getLogger(Attempts.class);

  /** One attempt. */
  @FunctionalInterface
  interface Request<T> {
    T send() throws WrongAnswer;
  }

  /** How a thread waits; a port so that a test need not. */
  @FunctionalInterface
  interface Pause {
    void sleep(Duration time) throws InterruptedException;
  }

  private final StorageSettings settings;
  private final S3Failures failures;
  private final Consumer<String> onRetry;
  private final Pause pause;

  /**
   * @param onRetry takes the operation of each attempt but the first
   */
  Attempts(StorageSettings settings, Consumer<String> onRetry, Pause pause) {
    this.settings = settings;
    this.failures = new S3Failures(settings);
    this.onRetry = onRetry;
    this.pause = pause;
  }

  /**
   * @param operation a metric's label
   * @param what of the messages: "cannot store x"
   */
  <T> T run(String operation, String what, Request<T> request)
      throws StorageException, InterruptedException {
    for (int retries = 0; ; retries++) {
      S3Failure failure;
      try {
        return request.send();
      } catch (SdkException e) {
        failure = failures.of(e);
      } catch (WrongAnswer e) {
        throw new StorageException(Kind.CORRUPT, what + ": " + e.getMessage(), e);
      }
      if (!failure.mayPass() || retries == settings.maxRetries()) {
        throw failure.exception(what, retries + 1);
      }
      Duration wait = wait(failure, retries);
      log.debug("{}: {}; again in {}", what, failure.reason(), wait);
      onRetry.accept(operation);
      pause.sleep(wait);
    }
  }

  /**
   * Any time up to twice that of the attempt before ("full jitter"), so that those who failed
   * together do not come back together; not before the time that the server named.
   */
  private Duration wait(S3Failure failure, int retries) {
    long limitMs = MAX_WAIT.toMillis();
    long firstMs = Math.max(1, settings.initialBackoff().toMillis());
    long ceilingMs = retries < 31 ? Math.min(limitMs, firstMs << retries) : limitMs;
    long jitteredMs = ThreadLocalRandom.current().nextLong(ceilingMs + 1);
    long askedMs = failure.retryAfter().map(Duration::toMillis).orElse(0L);
    return Duration.ofMillis(Math.min(limitMs, Math.max(jitteredMs, askedMs)));
  }
}
