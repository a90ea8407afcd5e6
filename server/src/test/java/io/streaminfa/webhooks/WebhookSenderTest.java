package io.streaminfa.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Over TLS, which only a name makes safe: addresses are nobody's. */
@Timeout(60)
class WebhookSenderTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final byte[] BODY = "{}".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path directory;

  @Test
  void theCertificateMustBeTheNamesAndOfAnAuthorityThatIsTrusted() throws Exception {
    SSLContext tls = contextFor("hooks.example");
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    int port = server.getAddress().getPort();
    try {
      assertThat(send(tls.getSocketFactory(), "hooks.example", port)).isEmpty();
      assertThat(send(tls.getSocketFactory(), "other.example", port)).contains("tls_failed");
      SSLSocketFactory strangers = (SSLSocketFactory) SSLSocketFactory.getDefault();
      assertThat(send(strangers, "hooks.example", port)).contains("tls_failed");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void anAddressThatIsNotReachableIsNotTheEndOfTheName() throws Exception {
    try (Receiver receiver = new Receiver();
        WebhookSender sender =
            new WebhookSender(
                true,
                // Nobody listens on the second loopback address.
                _ ->
                    new InetAddress[] {
                      InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("127.0.0.1")
                    },
                Duration.ofSeconds(10),
                () -> (SSLSocketFactory) SSLSocketFactory.getDefault())) {
      URI url = URI.create("http://hooks.example:" + receiver.port() + "/");
      byte[] event = "{\"id\":1,\"type\":\"t\"}".getBytes(StandardCharsets.US_ASCII);
      assertThat(sender.send(webhook(url), event, Instant.now())).isEmpty();
      assertThat(receiver.taken).hasSize(1);
    }
  }

  private static Optional<String> send(SSLSocketFactory tls, String host, int port) {
    try (WebhookSender sender =
        new WebhookSender(
            true,
            _ -> new InetAddress[] {InetAddress.getLoopbackAddress()},
            Duration.ofSeconds(10),
            () -> tls)) {
      URI url = URI.create("https://" + host + ":" + port + "/hook");
      return sender.send(webhook(url), BODY, Instant.now());
    }
  }

  private static Webhook webhook(URI url) {
    return new Webhook("1", url, WebhookSecret.create(), Set.of(), Instant.now());
  }

  /** Signs with a certificate of its own for the name, and trusts that one only. */
  private SSLContext contextFor(String name) throws Exception {
    Path file = directory.resolve("keys.p12");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Process process =
        new ProcessBuilder(
                List.of(
                    keytool.toString(),
                    "-genkeypair",
                    "-keystore",
                    file.toString(),
                    "-storepass",
                    new String(PASSWORD),
                    "-alias",
                    "receiver",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=" + name,
                    "-ext",
                    "SAN=dns:" + name,
                    "-validity",
                    "2"))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("receiver", keys.getCertificate("receiver"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
