package io.streaminfa.e2e.kit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands between a client and an HTTP server and makes the trouble that networks and services make.
 * Each connection carries one request.
 */
public final class FaultProxy implements AutoCloseable {
  private static final int MAX_HEAD_BYTES = 64 << 10;

  /** The head of an answer and some bytes of its body. */
  private static final long CUT_ANSWER_BYTES = 600;

  private static final int MAX_DRAINED_BYTES = 64 << 20;
  private static final Pattern LENGTH =
      Pattern.compile("(?i)\r\ncontent-length: *(\\d+)", Pattern.CASE_INSENSITIVE);

  /** What happens to requests. */
  public sealed interface Fault {
    /** Nothing. */
    record None() implements Fault {}

    /** The server is gone: connections are closed at once. */
    record Gone() implements Fault {}

    /** Each request waits. */
    record Slow(Duration delay) implements Fault {}

    /** So many of a hundred requests are answered with a status, and not passed on. */
    record Answers(int status, String code, int percent) implements Fault {}

    /** So many of a hundred requests are cut in the middle of their body, or of their answer's. */
    record HalfBodies(int percent) implements Fault {}
  }

  private final URI target;
  private final ServerSocket listening;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Fault fault = new Fault.None();

  private FaultProxy(URI target) throws IOException {
    this.target = target;
    this.listening = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
  }

  /** In front of an HTTP server. */
  public static FaultProxy before(URI target) throws IOException {
    FaultProxy proxy = new FaultProxy(target);
    Thread.ofVirtual().name("fault-proxy").start(proxy::accept);
    return proxy;
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + listening.getLocalPort());
  }

  /** From now on; connections that are open are cut when the server is gone. */
  public void set(Fault next) {
    fault = next;
    if (next instanceof Fault.Gone) {
      open.forEach(FaultProxy::reset);
    }
  }

  public int requests() {
    return requests.get();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Thread.ofVirtual().name("fault-proxy-connection").start(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    open.add(client);
    try (client) {
      if (!(fault instanceof Fault.Gone)) {
        serveRequest(client);
      }
    } catch (IOException cut) {
      // That is what this is for.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private void serveRequest(Socket client) throws IOException, InterruptedException {
    String head = readHead(client.getInputStream());
    if (head.isEmpty()) {
      return;
    }
    requests.incrementAndGet();
    switch (fault) {
      case Fault.None() -> pass(client, head, Long.MAX_VALUE);
      case Fault.Gone() -> reset(client);
      case Fault.Slow(Duration delay) -> {
        Thread.sleep(delay);
        pass(client, head, Long.MAX_VALUE);
      }
      case Fault.Answers(int status, String code, int percent) -> {
        if (happens(percent)) {
          answer(client, status, code);
        } else {
          pass(client, head, Long.MAX_VALUE);
        }
      }
      case Fault.HalfBodies(int percent) ->
          pass(client, head, happens(percent) ? lengthOf(head) / 2 : Long.MAX_VALUE);
    }
  }

  private static boolean happens(int percent) {
    return ThreadLocalRandom.current().nextInt(100) < percent;
  }

  private static long lengthOf(String head) {
    Matcher length = LENGTH.matcher(head);
    return length.find() ? Long.parseLong(length.group(1)) : 0;
  }

  private static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int last = 0;
    while (head.size() < MAX_HEAD_BYTES) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.write(next);
      last = last << 8 | next;
      if (last == 0x0d0a0d0a) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
    }
    throw new IOException("no end of a request's head");
  }

  /**
   * @param bodyBytes after which the request is cut; where it has none, its answer
   */
  private void pass(Socket client, String head, long bodyBytes) throws IOException {
    try (Socket server = new Socket(target.getHost(), target.getPort())) {
      open.add(server);
      String single = head.replaceFirst("\r\n", "\r\nConnection: close\r\n");
      server.getOutputStream().write(single.getBytes(StandardCharsets.ISO_8859_1));
      boolean hasBody = lengthOf(head) > 0;
      boolean isCut = bodyBytes != Long.MAX_VALUE;
      Thread up =
          Thread.ofVirtual()
              .start(() -> copy(client, server, hasBody ? bodyBytes : Long.MAX_VALUE));
      copy(server, client, isCut && !hasBody ? CUT_ANSWER_BYTES : Long.MAX_VALUE);
      up.interrupt();
      open.remove(server);
    }
  }

  /** Ends as the source ends, or cuts both when the limit is reached. */
  private static void copy(Socket from, Socket to, long limit) {
    byte[] buffer = new byte[16 << 10];
    long left = limit;
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      while (left > 0) {
        int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (count < 0) {
          to.shutdownOutput();
          return;
        }
        out.write(buffer, 0, count);
        left -= count;
      }
      reset(from);
      reset(to);
    } catch (IOException cut) {
      reset(to);
    }
  }

  private static void answer(Socket client, int status, String code) throws IOException {
    String body = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code></Error>";
    String head =
        "HTTP/1.1 %d %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
            .formatted(status, code, body.length());
    client.getOutputStream().write((head + body).getBytes(StandardCharsets.ISO_8859_1));
    client.shutdownOutput();
    // Else the request's body would reset the connection before the answer is read.
    client.setSoTimeout(2_000);
    InputStream in = client.getInputStream();
    byte[] buffer = new byte[16 << 10];
    for (int drained = 0; drained < MAX_DRAINED_BYTES; ) {
      int count = in.read(buffer);
      if (count < 0) {
        return;
      }
      drained += count;
    }
  }

  /** What has not been sent is lost. */
  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (SocketException closed) {
      // It is closed already.
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    open.forEach(FaultProxy::reset);
  }
}
