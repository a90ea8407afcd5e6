package io.streaminfa.webhooks;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one signed event: a POST over a connection of its own, of whose answer only the status is
 * read.
 *
 * <p>Over a plain socket, because the address that is checked must be the one that is connected to:
 * the JDK's HTTP client resolves a name by itself, a second time, when the owner of the name may
 * answer with an address inside the server's network (DNS rebinding). A redirect is a failure: it
 * would lead to an address that nobody checked.
 */
final class WebhookSender implements AutoCloseable {
  /** Of the answer's status line and header fields, interim answers included. */
  static final int MAX_HEAD_BYTES = 16 << 10;

  /** The one problem after which another address of the same name may do. */
  private static final String UNREACHABLE = "not_reachable";

  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");

  private static final Logger log = LoggerFactory.getLogger(WebhookSender.class);

  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final boolean allowPrivate;
  private final Resolver resolver;
  private final Duration deadline;
  private final Supplier<SSLSocketFactory> tls;
  private final ScheduledExecutorService watchdog =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("webhook-deadlines").factory());

  /** Asks for the addresses of a name. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  WebhookSender(
      boolean allowPrivate, Resolver resolver, Duration deadline, Supplier<SSLSocketFactory> tls) {
    this.allowPrivate = allowPrivate;
    this.resolver = resolver;
    this.deadline = deadline;
    this.tls = tls;
  }

  /**
   * Sends a body.
   *
   * @return why it was not taken: snake_case and stable; empty: the receiver answered 2xx
   */
  Optional<String> send(Webhook webhook, byte[] body, Instant now) {
    List<InetAddress> addresses;
    try {
      addresses = allowed(WebhookUrl.unbracketed(webhook.url().getHost()));
    } catch (UnknownHostException e) {
      return Optional.of("unknown_host");
    }
    if (addresses.isEmpty()) {
      return Optional.of("address_not_allowed");
    }
    long end = System.nanoTime() + deadline.toNanos();
    Optional<String> problem = Optional.empty();
    for (InetAddress address : addresses) {
      Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
      problem = send(new InetSocketAddress(address, port(webhook.url())), left, webhook, body, now);
      if (!problem.equals(Optional.of(UNREACHABLE))) {
        return problem;
      }
    }
    return problem;
  }

  private Optional<String> send(
      InetSocketAddress address, Duration most, Webhook webhook, byte[] body, Instant now) {
    AtomicBoolean expired = new AtomicBoolean();
    try (Socket socket = new Socket()) {
      open.add(socket);
      try {
        // A limit for each read would let a receiver answer byte by byte for ever.
        ScheduledFuture<?> end =
            watchdog.schedule(
                () -> {
                  expired.set(true);
                  cutOff(socket);
                },
                most.toMillis(),
                TimeUnit.MILLISECONDS);
        socket.setTcpNoDelay(true);
        socket.connect(address);
        int status = exchange(socket, webhook, body, now);
        end.cancel(false);
        return problem(status);
      } finally {
        open.remove(socket);
      }
    } catch (RejectedExecutionException e) {
      return Optional.of("shutting_down");
    } catch (IOException e) {
      return Optional.of(expired.get() ? "timeout" : nameOf(e));
    }
  }

  private static int port(URI url) {
    if (url.getPort() > 0) {
      return url.getPort();
    }
    return isTls(url) ? 443 : 80;
  }

  private static boolean isTls(URI url) {
    return "https".equalsIgnoreCase(url.getScheme());
  }

  private List<InetAddress> allowed(String host) throws UnknownHostException {
    return Arrays.stream(resolver.resolve(host))
        .filter(address -> allowPrivate || ReceiverAddress.isPublic(address))
        .toList();
  }

  private static void cutOff(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("a connection to a receiver did not close: {}", e.getMessage());
    }
  }

  private static Optional<String> problem(int status) {
    if (status >= 200 && status < 300) {
      return Optional.empty();
    }
    return Optional.of(status < 400 ? "redirected" : "status_" + status);
  }

  private static String nameOf(IOException e) {
    return switch (e) {
      case ConnectException _ -> UNREACHABLE;
      case NoRouteToHostException _ -> UNREACHABLE;
      case SSLException _ -> "tls_failed";
      case MalformedAnswer _ -> "malformed_answer";
      default -> "connection_lost";
    };
  }

  private int exchange(Socket socket, Webhook webhook, byte[] body, Instant now)
      throws IOException {
    URI url = webhook.url();
    Socket channel = isTls(url) ? secured(socket, url) : socket;
    channel.getOutputStream().write(request(url, webhook.secret().sign(body, now), body));
    channel.getOutputStream().flush();
    return status(channel.getInputStream());
  }

  /** The certificate must be the name's, not the address's. */
  private Socket secured(Socket socket, URI url) throws IOException {
    String host = WebhookUrl.unbracketed(url.getHost());
    SSLSocket secured = (SSLSocket) tls.get().createSocket(socket, host, port(url), true);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    return secured;
  }

  private static byte[] request(URI url, String signature, byte[] body) {
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    String target = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
    String head =
        String.join(
            "\r\n",
            "POST " + target + " HTTP/1.1",
            "Host: " + url.getHost() + (url.getPort() > 0 ? ":" + url.getPort() : ""),
            "User-Agent: StreamInfa",
            "Content-Type: application/json",
            "Content-Length: " + body.length,
            WebhookSecret.HEADER + ": " + signature,
            "Connection: close",
            "",
            "");
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    request.writeBytes(body);
    return request.toByteArray();
  }

  /** RFC 9110, 15.2: "A client MUST be able to parse one or more 1xx responses". */
  private static int status(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int status = 0;
    boolean isHeadBegun = false;
    for (int count = 0; count < MAX_HEAD_BYTES; count++) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("no answer");
      }
      if (b != '\n') {
        line.append((char) b);
        continue;
      }
      String text = line.toString().stripTrailing();
      line.setLength(0);
      if (!isHeadBegun) {
        status = statusOf(text);
        isHeadBegun = true;
      } else if (text.isEmpty() && status >= 200) {
        return status;
      } else if (text.isEmpty()) {
        isHeadBegun = false;
      }
    }
    throw new MalformedAnswer("a head of more than " + MAX_HEAD_BYTES + " bytes");
  }

  private static int statusOf(String line) throws MalformedAnswer {
    Matcher matcher = STATUS_LINE.matcher(line);
    if (!matcher.matches()) {
      throw new MalformedAnswer("no HTTP");
    }
    return Integer.parseInt(matcher.group(1));
  }

  /** Cuts off what is being sent. */
  @Override
  public void close() {
    watchdog.shutdownNow();
    open.forEach(WebhookSender::cutOff);
  }

  private static final class MalformedAnswer extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedAnswer(String message) {
      super(message);
    }
  }
}
