package io.streaminfa.storage;

import java.time.Duration;

/** The {@code [storage]} section. */
public record StorageSettings(
    Backend backend,
    String endpoint,
    String bucket,
    String accessKeyId,
    String secretAccessKey,
    String region,
    boolean pathStyle,
    int maxRetries,
    Duration initialBackoff,
    Duration requestTimeout,
    long spoolMaxBytes) {
  /** Where objects are kept. */
  public enum Backend {
    MEMORY,
    FILE,
    S3
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "StorageSettings[" + backend + " " + endpoint + " " + bucket + "]";
  }
}
