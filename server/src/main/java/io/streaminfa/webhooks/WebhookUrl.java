package io.streaminfa.webhooks;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** Reads the URL of a receiver, strictly: what is not understood is not sent to. */
final class WebhookUrl {
  private static final int MAX_CHARS = 2_048;

  private WebhookUrl() {}

  static URI parse(String text, boolean allowPrivate) throws WebhookException {
    URI url = syntax(text);
    boolean isHttp = "http".equalsIgnoreCase(url.getScheme());
    boolean isHttps = "https".equalsIgnoreCase(url.getScheme());
    if (text.length() > MAX_CHARS || !isHttp && !isHttps) {
      throw invalid("\"url\" is an http or https URL of at most " + MAX_CHARS + " characters");
    }
    if (url.getHost() == null || url.getHost().isEmpty()) {
      throw invalid("\"url\" has no host");
    }
    if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
      throw invalid("\"url\" has no user and no fragment");
    }
    if (url.getPort() == 0 || url.getPort() > 65_535) {
      throw invalid("\"url\" has a port from 1 to 65535");
    }
    boolean isForbidden =
        literal(url).map(address -> !ReceiverAddress.isPublic(address)).orElse(isLocalName(url));
    if (isForbidden && !allowPrivate) {
      throw new WebhookException(
          WebhookException.Kind.INVALID,
          "address_not_allowed",
          "\"url\" has an address that is not public; webhooks.allow_private_addresses allows it");
    }
    return url;
  }

  private static URI syntax(String text) throws WebhookException {
    try {
      // An ASCII form only: no character is sent that the URL did not have.
      return new URI(new URI(text).toASCIIString());
    } catch (URISyntaxException e) {
      throw invalid("\"url\" is no URL: " + e.getReason());
    }
  }

  /** The address of a URL that has one in place of a name. */
  private static Optional<InetAddress> literal(URI url) {
    String host = url.getHost();
    try {
      return Optional.of(InetAddress.ofLiteral(unbracketed(host)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isLocalName(URI url) {
    String host = url.getHost().toLowerCase(Locale.ROOT);
    return host.equals("localhost") || host.endsWith(".localhost");
  }

  static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static WebhookException invalid(String message) {
    return new WebhookException(WebhookException.Kind.INVALID, "invalid_url", message);
  }
}
