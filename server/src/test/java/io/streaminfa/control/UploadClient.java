package io.streaminfa.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamFilter;
import io.streaminfa.stream.StreamId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Clients of uploads, as they are and as they should not be. */
final class UploadClient {
  private static final String UPLOAD = "/api/v1/upload";
  private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

  private final ControlServer server;
  private final Path uploads;

  /**
   * @param uploads where the server keeps what is not complete
   */
  UploadClient(ControlServer server, Path uploads) {
    this.server = server;
    this.uploads = uploads;
  }

  StreamId pending() throws Exception {
    return server
        .streams
        .create(new NewStream(IngestType.UPLOAD, Metadata.EMPTY, Optional.empty()))
        .stream()
        .id();
  }

  Stream stream(StreamId id) {
    return server.streams.find(id).orElseThrow();
  }

  Stream onlyStream() {
    return server.streams.list(StreamFilter.ALL, Optional.empty(), 2).streams().getFirst();
  }

  List<Path> left() throws IOException {
    try (var files = Files.list(uploads)) {
      return files.toList();
    }
  }

  void assertNothingIsLeft() throws IOException {
    assertThat(left()).isEmpty();
  }

  HttpResponse<String> post(UploadForm form) throws Exception {
    return server.send(request(form));
  }

  HttpResponse<String> post(UploadForm form, String key) throws Exception {
    return server.send(request(form).header("Idempotency-Key", key));
  }

  HttpRequest.Builder request(UploadForm form) {
    return server
        .asAdmin(UPLOAD)
        .header("Content-Type", UploadForm.CONTENT_TYPE)
        .POST(HttpRequest.BodyPublishers.ofByteArray(form.build()));
  }

  static byte[] head(long length) {
    return head(length, "");
  }

  static byte[] head(long length, String headers) {
    return headWithout("Content-Length: " + length + "\r\n" + headers);
  }

  static byte[] headWithout(String headers) {
    String text =
        "POST /api/v1/upload HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer "
            + ControlServer.TOKEN
            + "\r\nContent-Type: "
            + UploadForm.CONTENT_TYPE
            + "\r\n"
            + headers
            + "\r\n";
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static void chunk(OutputStream out, byte[] bytes) throws IOException {
    int size = 16 * 1024;
    for (int i = 0; i < bytes.length; i += size) {
      int length = Math.min(size, bytes.length - i);
      out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.write(bytes, i, length);
      out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  /** What a client sends on a socket. */
  interface Sending {
    void to(OutputStream out) throws IOException, InterruptedException;
  }

  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Sends, and reads the answer; a server that is done may stop taking bytes. */
  String raw(Sending sending) throws Exception {
    try (Socket socket = connect()) {
      Thread sender =
          Thread.startVirtualThread(
              () -> {
                try {
                  sending.to(socket.getOutputStream());
                } catch (IOException | InterruptedException e) {
                  // The answer tells.
                }
              });
      String answer = answer(socket.getInputStream());
      sender.interrupt();
      sender.join(Duration.ofSeconds(10));
      return answer;
    }
  }

  /** One answer, with the one that says to go on before it. */
  static String answer(InputStream in) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    String text = "";
    while (!text.endsWith("\r\n\r\n") || text.endsWith("100 Continue\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        return text;
      }
      read.write(b);
      text = read.toString(StandardCharsets.UTF_8);
    }
    Matcher length = CONTENT_LENGTH.matcher(text);
    assertThat(length.find()).as(text).isTrue();
    byte[] body = in.readNBytes(Integer.parseInt(length.group(1)));
    return text + new String(body, StandardCharsets.UTF_8);
  }

  static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
