package io.streaminfa.webhooks;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a receiver knows the server's requests by. Shown once, when it is made; kept as it is,
 * because a hash cannot sign.
 *
 * @param text {@code whsec_} and 32 random bytes in base64url; all of it is the key
 */
public record WebhookSecret(String text) {
  /** The header that carries {@link #sign}. */
  static final String HEADER = "StreamInfa-Signature";

  private static final String ALGORITHM = "HmacSHA256";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int RANDOM_BYTES = 32;

  static WebhookSecret create() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return new WebhookSecret(
        "whsec_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /**
   * {@code t=SECONDS,v1=HEX}: the HMAC-SHA256 of {@code SECONDS.BODY}. The time is signed too, so
   * that a receiver can refuse what somebody recorded and sends again.
   */
  String sign(byte[] body, Instant now) {
    String time = Long.toString(now.getEpochSecond());
    Mac mac = mac();
    mac.update((time + ".").getBytes(StandardCharsets.US_ASCII));
    return "t=" + time + ",v1=" + HexFormat.of().formatHex(mac.doFinal(body));
  }

  private Mac mac() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(text.getBytes(StandardCharsets.US_ASCII), ALGORITHM));
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  /** Never the secret. */
  @Override
  public String toString() {
    return "WebhookSecret";
  }
}
