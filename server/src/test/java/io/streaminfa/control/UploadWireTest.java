package io.streaminfa.control;

import static io.streaminfa.control.UploadClient.chunk;
import static io.streaminfa.control.UploadClient.concat;
import static io.streaminfa.control.UploadClient.head;
import static io.streaminfa.control.UploadClient.headWithout;
import static io.streaminfa.control.UploadClient.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamState;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Uploads byte for byte, with clients that do what clients should not. */
@Timeout(60)
class UploadWireTest {

  @TempDir private Path dataDir;
  private ControlServer server;
  private UploadClient client;

  @BeforeEach
  void start() throws Exception {
    server = new ControlServer(dataDir, "", List.of());
    client = new UploadClient(server, dataDir.resolve("uploads"));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aFormInSingleBytesIsTheSameForm() throws Exception {
    byte[] film = random(2000);
    byte[] body = new UploadForm().file(film).build();
    String answer =
        client.raw(
            out -> {
              out.write(head(body.length));
              out.flush();
              for (byte b : body) {
                out.write(b);
                out.flush();
              }
            });
    assertThat(answer).startsWith("HTTP/1.1 202 ");
    assertThat(server.uploadHandler.contentHashes).containsValue(Arrays.hashCode(film));
  }

  @Test
  void aLengthAboveTheMaximumIsRefusedBeforeTheBodyIsAskedFor() throws Exception {
    String answer = client.raw(out -> out.write(head(1L << 40, "Expect: 100-continue\r\n")));
    assertThat(answer).startsWith("HTTP/1.1 413 ").contains("\"code\":\"file_too_large\"");
  }

  @Test
  void aClientThatAsksFirstIsToldToGoOn() throws Exception {
    byte[] body = new UploadForm().file(random(1000)).build();
    String answer =
        client.raw(out -> out.write(concat(head(body.length, "Expect: 100-continue\r\n"), body)));
    assertThat(answer).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 ");
  }

  @Test
  void aFileWithoutALengthIsCutAtTheMaximumAndTheClientHearsWhy() throws Exception {
    StreamId id = client.pending();
    byte[] film = random((int) ControlServer.MAX_UPLOAD_BYTES + 1);
    byte[] body = new UploadForm().field("stream_id", id.value()).file(film).build();
    String answer =
        client.raw(
            out -> {
              out.write(headWithout("Transfer-Encoding: chunked\r\n"));
              chunk(out, body);
              out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            });
    assertThat(answer).startsWith("HTTP/1.1 413 ").containsIgnoringCase("connection: close");
    assertThat(client.stream(id).state()).isEqualTo(StreamState.PENDING);
    assertThat(server.uploadHandler.abandoned).containsExactly(id);
    client.assertNothingIsLeft();
  }

  @Test
  void aRefusedClientThatGoesOnSendingReadsTheAnswer() throws Exception {
    byte[] more = new byte[64 * 1024];
    String answer =
        client.raw(
            out -> {
              out.write(concat(head(1L << 32), more));
              for (int i = 0; i < 400; i++) {
                out.write(more);
              }
            });
    assertThat(answer).startsWith("HTTP/1.1 413 ");
  }

  @Test
  void withoutATokenNothingIsRead() throws Exception {
    String head = new String(head(1L << 20), StandardCharsets.ISO_8859_1);
    String answer =
        client.raw(
            out ->
                out.write(
                    head.replace(ControlServer.TOKEN, "wrong")
                        .getBytes(StandardCharsets.ISO_8859_1)));
    assertThat(answer).startsWith("HTTP/1.1 401 ");
  }

  @Test
  void silenceEndsAnUploadAndSoDoesADrip() throws Exception {
    StreamId silent = client.pending();
    byte[] begin = new UploadForm().field("stream_id", silent.value()).open();
    String answer = client.raw(out -> out.write(concat(head(1 << 20), begin)));
    assertThat(answer).startsWith("HTTP/1.1 408 ").contains("\"code\":\"upload_timeout\"");
    assertThat(client.stream(silent).state()).isEqualTo(StreamState.PENDING);

    String dripped =
        client.raw(
            out -> {
              out.write(concat(head(1 << 20), begin));
              for (int i = 0; i < 400; i++) {
                out.write('x');
                out.flush();
                Thread.sleep(10);
              }
            });
    assertThat(dripped).startsWith("HTTP/1.1 408 ");
    client.assertNothingIsLeft();
  }

  @Test
  void aBrokenConnectionLeavesNoBytesAndTheStreamPending() throws Exception {
    StreamId id = client.pending();
    byte[] begin = new UploadForm().field("stream_id", id.value()).open();
    try (Socket socket = client.connect()) {
      socket.getOutputStream().write(concat(head(1 << 20), begin, random(100_000)));
      await().until(() -> !client.left().isEmpty());
    }
    await().untilAsserted(() -> assertThat(server.uploadHandler.abandoned).containsExactly(id));
    assertThat(client.stream(id).state()).isEqualTo(StreamState.PENDING);
    client.assertNothingIsLeft();
    assertThat(
            client
                .post(new UploadForm().field("stream_id", id.value()).file(random(100)))
                .statusCode())
        .isEqualTo(202);
  }

  @Test
  void aDiskThatWouldBeTooFullIs507BeforeTheBodyAndMeanwhile() throws Exception {
    StreamId id = client.pending();
    server.freeBytes.set((512L << 20) + 1000);
    String declared = client.raw(out -> out.write(head(2000, "Expect: 100-continue\r\n")));
    assertThat(declared).startsWith("HTTP/1.1 507 ").contains("\"code\":\"disk_full\"");

    byte[] begin = new UploadForm().field("stream_id", id.value()).open();
    String later =
        client.raw(
            out -> {
              out.write(headWithout("Transfer-Encoding: chunked\r\n"));
              chunk(out, begin);
              out.flush();
              await().until(() -> !client.left().isEmpty());
              server.freeBytes.set((512L << 20) - 1);
              chunk(out, "film\r\n--XXXXboundary--\r\n".getBytes(StandardCharsets.ISO_8859_1));
              out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            });
    assertThat(later).startsWith("HTTP/1.1 507 ");
    assertThat(client.stream(id).state()).isEqualTo(StreamState.PENDING);
    client.assertNothingIsLeft();
  }
}
