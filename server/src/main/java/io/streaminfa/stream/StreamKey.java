package io.streaminfa.stream;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * The secret that a publisher presents. Shown once, when it is made; only its hash is kept.
 *
 * @param secret {@code sk_} and 32 random bytes in base64url
 */
public record StreamKey(String secret) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int RANDOM_BYTES = 32;

  public static StreamKey create() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return new StreamKey("sk_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  public KeyHash hash() {
    return KeyHash.of(secret);
  }

  /** Never the secret. */
  @Override
  public String toString() {
    return "StreamKey[" + hash() + "]";
  }
}
