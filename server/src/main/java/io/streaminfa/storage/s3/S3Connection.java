package io.streaminfa.storage.s3;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.storage.StorageException;
import io.streaminfa.storage.StorageException.Kind;
import io.streaminfa.storage.StorageSettings;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

/**
 * The SDK's client, made when it is first asked for: it costs half a second of class loading, which
 * a start must not wait for.
 */
final class S3Connection implements AutoCloseable {
  /** Requests at once; more wait for a connection, at most for the time of one attempt. */
  static final int MAX_CONNECTIONS = 64;

  private static final Duration MAX_CONNECT_TIME = Duration.ofSeconds(5);

  private final StorageSettings settings;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable S3Client client;

  @GuardedBy("lock")
  private boolean closed;

  S3Connection(StorageSettings settings) {
    this.settings = settings;
  }

  S3Client client() throws StorageException {
    lock.lock();
    try {
      if (closed) {
        throw new StorageException(Kind.UNAVAILABLE, "the store is closed");
      }
      if (client == null) {
        client = build();
      }
      return client;
    } finally {
      lock.unlock();
    }
  }

  private S3Client build() {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(settings.region()))
            .credentialsProvider(credentials())
            .forcePathStyle(settings.pathStyle())
            // With the SDK's default, a CRC in a trailer, Ceph 16 refuses every PUT.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            // DeleteObjects must have a checksum; all servers know this one, many no other.
            .addPlugin(LegacyMd5Plugin.create())
            // A body in signed chunks is what services that speak S3 most often get wrong.
            .serviceConfiguration(S3Configuration.builder().chunkedEncodingEnabled(false).build())
            // Attempts counts the tries.
            .overrideConfiguration(
                configuration ->
                    configuration
                        .retryStrategy(AwsRetryStrategy.doNotRetry())
                        .apiCallAttemptTimeout(settings.requestTimeout()))
            .httpClientBuilder(httpClient());
    if (!settings.endpoint().isEmpty()) {
      builder = builder.endpointOverride(URI.create(settings.endpoint()));
    }
    return builder.build();
  }

  private AwsCredentialsProvider credentials() {
    return settings.accessKeyId().isEmpty()
        ? DefaultCredentialsProvider.builder().build()
        : StaticCredentialsProvider.create(
            AwsBasicCredentials.create(settings.accessKeyId(), settings.secretAccessKey()));
  }

  private Apache5HttpClient.Builder httpClient() {
    Duration attempt = settings.requestTimeout();
    return Apache5HttpClient.builder()
        .maxConnections(MAX_CONNECTIONS)
        .connectionTimeout(attempt.compareTo(MAX_CONNECT_TIME) < 0 ? attempt : MAX_CONNECT_TIME)
        .connectionAcquisitionTimeout(attempt)
        .socketTimeout(attempt);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      if (client != null) {
        client.close();
        client = null;
      }
    } finally {
      lock.unlock();
    }
  }
}
