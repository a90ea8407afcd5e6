package io.streaminfa.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks /readyz over a bare socket: an HTTP client would take longer than what is measured. */
final class Ready {
  private static final int TIMEOUT_MS = 2000;
  private static final String OK = "HTTP/1.1 200";

  private Ready() {}

  /** Whether the answer is 200; false when nobody listens yet. */
  static boolean ask(int port) {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MS);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
      socket
          .getOutputStream()
          .write(
              "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] start = socket.getInputStream().readNBytes(OK.length());
      return new String(start, StandardCharsets.US_ASCII).equals(OK);
    } catch (IOException notYet) {
      return false;
    }
  }
}
