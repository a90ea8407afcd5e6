package io.streaminfa.ingest.upload;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;

/** What a client says of the bytes of one request (tus 1.0.0, "Checksum"). Used by one thread. */
public final class TusChecksum {
  /** For the header {@code Tus-Checksum-Algorithm}. */
  public static final String ALGORITHMS = "sha1,sha256,md5";

  private static final Map<String, String> DIGESTS =
      Map.of("sha1", "SHA-1", "sha256", "SHA-256", "md5", "MD5");

  private final MessageDigest digest;
  private final byte[] expected;

  private TusChecksum(MessageDigest digest, byte[] expected) {
    this.digest = digest;
    this.expected = expected;
  }

  /**
   * @param header an algorithm, a space, the checksum in Base64
   */
  public static TusChecksum parse(String header) throws UploadRejected {
    int space = header.indexOf(' ');
    String algorithm = space < 0 ? header : header.substring(0, space);
    String name = DIGESTS.get(algorithm);
    if (name == null) {
      // "400 Bad Request if the checksum algorithm is not supported by the server".
      throw MultipartReader.malformed(
          "unsupported_checksum", "Upload-Checksum may use " + ALGORITHMS);
    }
    try {
      MessageDigest digest = MessageDigest.getInstance(name);
      byte[] expected = Base64.getDecoder().decode(header.substring(space + 1).strip());
      if (space < 0 || expected.length != digest.getDigestLength()) {
        throw malformed();
      }
      return new TusChecksum(digest, expected);
    } catch (IllegalArgumentException e) {
      throw malformed();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + name, e);
    }
  }

  private static UploadRejected malformed() {
    return MultipartReader.malformed(
        "invalid_checksum", "Upload-Checksum is an algorithm, a space and Base64");
  }

  void update(byte[] bytes, int length) {
    digest.update(bytes, 0, length);
  }

  /** To be asked once, when all bytes came. */
  boolean matches() {
    return MessageDigest.isEqual(digest.digest(), expected);
  }
}
