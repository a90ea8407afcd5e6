package io.streaminfa.stream;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The SHA-256 of a secret: what is stored and looked up in the secret's place. A look-up by hash
 * leaks no prefix of the secret through its timing, because nobody can choose what a secret hashes
 * to.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record KeyHash(String hex) {
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
  private static final int SHOWN_DIGITS = 8;

  public KeyHash {
    if (!SHA_256.matcher(hex).matches()) {
      throw new IllegalArgumentException("not a SHA-256 in hexadecimal");
    }
  }

  /** The hash of a secret's UTF-8 bytes. */
  public static KeyHash of(String secret) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
      return new KeyHash(HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Whether this is the hash of {@code secret}; takes the same time for every wrong secret. */
  public boolean matches(String secret) {
    return MessageDigest.isEqual(bytes(), of(secret).bytes());
  }

  private byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  /**
   * The first digits: enough to tell two keys apart in a log, too few to search a weak key with.
   */
  @Override
  public String toString() {
    return "sha256:" + hex.substring(0, SHOWN_DIGITS);
  }
}
