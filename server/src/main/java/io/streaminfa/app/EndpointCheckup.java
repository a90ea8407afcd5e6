package io.streaminfa.app;

import io.streaminfa.storage.StorageSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Looks at an S3 service's name, port, TLS and clock before anything is asked of it. */
final class EndpointCheckup {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** S3 refuses requests that are 15 minutes off; a clock that is a minute off goes on drifting. */
  private static final Duration MAX_SKEW = Duration.ofMinutes(1);

  private final URI endpoint;
  private final Findings findings;

  EndpointCheckup(StorageSettings settings, Findings findings) {
    this.endpoint = endpoint(settings);
    this.findings = findings;
  }

  static URI endpoint(StorageSettings settings) {
    return URI.create(
        settings.endpoint().isEmpty()
            ? "https://s3." + settings.region() + ".amazonaws.com"
            : settings.endpoint());
  }

  /** Whether there is a service to ask more of. */
  boolean run() throws InterruptedException {
    if (Stream.of("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
        .anyMatch(name -> System.getenv(name) != null)) {
      findings.good("connection", "not looked at: the environment names a proxy");
      return true;
    }
    return resolves() && takesConnections() && answers();
  }

  private boolean resolves() {
    try {
      InetAddress[] addresses = InetAddress.getAllByName(endpoint.getHost());
      findings.good("name", endpoint.getHost() + " is " + addresses[0].getHostAddress());
      return true;
    } catch (UnknownHostException e) {
      findings.bad("name", endpoint.getHost() + " is not known: see storage.endpoint and DNS");
      return false;
    }
  }

  private int port() {
    return endpoint.getPort() >= 0
        ? endpoint.getPort()
        : "https".equals(endpoint.getScheme()) ? 443 : 80;
  }

  private boolean takesConnections() {
    long startNanos = System.nanoTime();
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(endpoint.getHost(), port()), Math.toIntExact(TIMEOUT.toMillis()));
      findings.good(
          "connection",
          "port " + port() + ", " + (System.nanoTime() - startNanos) / 1_000_000 + " ms");
      return true;
    } catch (IOException e) {
      findings.bad(
          "connection", "port " + port() + " of " + endpoint.getHost() + ": " + e.getMessage());
      return false;
    }
  }

  private boolean answers() throws InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      HttpResponse<Void> response =
          client.send(
              HttpRequest.newBuilder(endpoint).timeout(TIMEOUT).build(),
              HttpResponse.BodyHandlers.discarding());
      if ("https".equals(endpoint.getScheme())) {
        findings.good("TLS", "the certificate is trusted");
      }
      clock(response.headers().firstValue("Date"));
      return true;
    } catch (SSLException e) {
      findings.bad("TLS", e.getMessage() + ": see the certificate, or https in storage.endpoint");
      return false;
    } catch (IOException e) {
      findings.bad("HTTP", "no answer that is HTTP: " + e.getMessage());
      return false;
    }
  }

  private void clock(Optional<String> date) {
    try {
      Instant there =
          ZonedDateTime.parse(date.orElse(""), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration skew = Duration.between(there, Instant.now()).abs();
      if (skew.compareTo(MAX_SKEW) <= 0) {
        findings.good("clock", "differs by " + skew.toSeconds() + " s");
      } else {
        findings.bad(
            "clock",
            "differs by " + skew.toSeconds() + " s: requests are signed with the time; set it");
      }
    } catch (DateTimeParseException e) {
      findings.good("clock", "not looked at: the service does not say its time");
    }
  }
}
