package io.streaminfa.observability;

import java.util.Collection;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes secrets out of text that leaves the process: stream keys, bearer tokens, credentials in
 * URLs, and the secrets of the settings. The last line of defence; code does not log secrets.
 */
public final class Redaction {
  private static final String HIDDEN = "***";

  /** Shorter secrets are not looked for: they would be found in ordinary words. */
  private static final int MIN_SECRET_LENGTH = 6;

  private static final Pattern STREAM_KEY = Pattern.compile("\\bsk_[A-Za-z0-9_-]+");
  // RFC 6750, 2.1, and RFC 7617, 2.
  private static final Pattern AUTHORIZATION =
      Pattern.compile("(?i)\\b(Bearer|Basic)(\\s+|%20)[A-Za-z0-9._~+/-]{6,}=*");
  // "key" alone is a secret in a query only: object keys are logged too.
  private static final Pattern QUERY_SECRET =
      Pattern.compile(
          "(?i)((?<=[?&])(?:key|sig|psk)"
              + "|\\b(?:access_?|auth_?|secret_?|refresh_?)?(?:token|secret|password|passwd|signature)"
              + "|\\b(?:stream|api|secret|secret_access)_?key|\\baccess_key_id"
              + "|\\bx-amz-(?:signature|credential|security-token))=[^&\\s\"'\\\\,;)\\]}<>]+");
  // RFC 3986, 3.2.1: user information before the host.
  private static final Pattern USER_INFO = Pattern.compile("(://)[^/\\s\"'@\\\\]+@");

  private final @Nullable Pattern secrets;

  /**
   * @param secrets of the settings; each is replaced wherever it occurs
   */
  public Redaction(Collection<String> secrets) {
    String alternatives =
        secrets.stream()
            .filter(secret -> secret.length() >= MIN_SECRET_LENGTH)
            // The longest first, or a secret that begins with another would be cut in two.
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    this.secrets = alternatives.isEmpty() ? null : Pattern.compile(alternatives);
  }

  /** The text without secrets. */
  public String redact(String text) {
    String redacted = text;
    if (secrets != null) {
      redacted = secrets.matcher(redacted).replaceAll(HIDDEN);
    }
    if (redacted.contains("sk_")) {
      redacted = STREAM_KEY.matcher(redacted).replaceAll("sk_" + HIDDEN);
    }
    redacted = AUTHORIZATION.matcher(redacted).replaceAll("$1$2" + HIDDEN);
    if (redacted.indexOf('=') >= 0) {
      redacted = QUERY_SECRET.matcher(redacted).replaceAll("$1=" + HIDDEN);
    }
    if (redacted.contains("://")) {
      redacted = USER_INFO.matcher(redacted).replaceAll("$1" + HIDDEN + "@");
    }
    return redacted;
  }
}
