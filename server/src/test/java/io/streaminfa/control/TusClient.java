package io.streaminfa.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.StreamFilter;
import io.streaminfa.stream.StreamId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A client of resumable uploads that can do everything wrong. */
final class TusClient {
  static final String UPLOADS = "/api/v1/uploads";

  private final ControlServer server;
  private final Path uploads;

  /**
   * @param uploads where the server keeps what is not complete
   */
  TusClient(ControlServer server, Path uploads) {
    this.server = server;
    this.uploads = uploads;
  }

  HttpRequest.Builder tus(String path) {
    return server.asAdmin(path).header("Tus-Resumable", "1.0.0");
  }

  HttpResponse<String> tryCreate(String length, String metadata) throws Exception {
    HttpRequest.Builder request = tus(UPLOADS).header("Upload-Length", length);
    if (!metadata.isEmpty()) {
      request.header("Upload-Metadata", metadata);
    }
    return server.send(request.POST(HttpRequest.BodyPublishers.noBody()));
  }

  String create(long length, String metadata) throws Exception {
    HttpResponse<String> made = tryCreate(Long.toString(length), metadata);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return made.headers().firstValue("Location").orElseThrow();
  }

  HttpResponse<String> head(String upload) throws Exception {
    return server.send(tus(upload).method("HEAD", HttpRequest.BodyPublishers.noBody()));
  }

  String head(String upload, String header) throws Exception {
    return head(upload).headers().firstValue(header).orElse("");
  }

  HttpResponse<String> delete(String upload) throws Exception {
    return server.send(tus(upload).DELETE());
  }

  HttpResponse<String> patch(String upload, long offset, byte[] bytes) throws Exception {
    return patch(upload, offset, bytes, "");
  }

  HttpResponse<String> patch(String upload, long offset, byte[] bytes, String checksum)
      throws Exception {
    HttpRequest.Builder request =
        tus(upload)
            .header("Upload-Offset", Long.toString(offset))
            .header("Content-Type", "application/offset+octet-stream");
    if (!checksum.isEmpty()) {
      request.header("Upload-Checksum", checksum);
    }
    return server.send(request.method("PATCH", HttpRequest.BodyPublishers.ofByteArray(bytes)));
  }

  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** A PATCH that announces more than it sends. */
  static void send(
      Socket socket, String upload, long offset, long length, String headers, byte[] bytes)
      throws IOException {
    String head =
        "PATCH "
            + upload
            + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
            + ControlServer.TOKEN
            + "\r\nTus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n"
            + "Upload-Offset: "
            + offset
            + "\r\nContent-Length: "
            + length
            + "\r\n"
            + headers
            + "\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().write(bytes);
  }

  long bytesOf(String upload) throws IOException {
    String id = upload.substring(upload.lastIndexOf('/') + 1);
    return Files.size(uploads.resolve(id + ".tus"));
  }

  List<Path> files(String suffix) throws IOException {
    try (var files = Files.list(uploads)) {
      return files.filter(file -> file.toString().endsWith(suffix)).toList();
    }
  }

  StreamId pending() throws Exception {
    return server
        .streams
        .create(new NewStream(IngestType.UPLOAD, Metadata.EMPTY, Optional.empty()))
        .stream()
        .id();
  }

  StreamId onlyStream() {
    return server.streams.list(StreamFilter.ALL, Optional.empty(), 2).streams().getFirst().id();
  }

  static String streamId(String id) {
    return "stream_id " + Base64.getEncoder().encodeToString(id.getBytes(StandardCharsets.UTF_8));
  }

  static String base64(String algorithm, byte[] bytes) throws Exception {
    return Base64.getEncoder().encodeToString(MessageDigest.getInstance(algorithm).digest(bytes));
  }

  static void assertHeader(HttpResponse<?> response, String name, String value) {
    assertThat(response.headers().firstValue(name)).contains(value);
  }

  static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
