package io.streaminfa.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorCommandTest {
  private final StringWriter out = new StringWriter();
  private Path directory;

  @SuppressWarnings("NullAway.Init") // inDirectory sets the field
  DoctorCommandTest() {}

  @BeforeEach
  void inDirectory(@TempDir Path temporary) {
    directory = temporary;
  }

  private int doctor(String storage) throws IOException {
    Path data = directory.resolve("data");
    Path file =
        Files.writeString(
            directory.resolve("a.toml"),
            "server.data_dir = \"" + data + "\"\nobservability.log_level = \"error\"\n" + storage);
    return Main.run(
        new String[] {"doctor", "--config", file.toString()},
        new PrintWriter(out, true),
        new PrintWriter(out, true));
  }

  private static String s3(String endpoint) {
    return """
    [storage]
    backend = "s3"
    endpoint = "%s"
    access_key_id = "key"
    secret_access_key = "hidden-secret"
    max_retries = 0
    """
        .formatted(endpoint);
  }

  @ParameterizedTest
  @CsvSource({"memory, storage in memory", "file, storage in files below"})
  void aGoodStoreIsTriedInAllItDoes(String backend, String words) throws Exception {
    assertThat(doctor("storage.backend = \"" + backend + "\"\n")).isZero();
    assertThat(out.toString())
        .startsWith(words)
        .contains("put 200 kB", "get 200 kB", "range", "head", "list", "put 20 MiB", "get 20 MiB")
        .contains("delete", "delete prefix", " ms")
        .doesNotContain("FAIL");
    assertThat(directory.resolve("data")).as("nothing is left").doesNotExist();
  }

  @Test
  void aDirectoryThatIsThereStays() throws Exception {
    Path media = Files.createDirectories(directory.resolve("data").resolve("media"));
    assertThat(doctor("")).isZero();
    assertThat(media).isEmptyDirectory();
  }

  @Test
  void aServiceThatIsAwayIsNamed() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThat(doctor(s3("http://127.0.0.1:" + port))).isEqualTo(1);
    assertThat(out.toString())
        .contains("ok    name")
        .contains("FAIL  connection     port " + port)
        .doesNotContain("put");
  }

  @Test
  void aNameThatIsUnknownIsNamed() throws Exception {
    assertThat(doctor(s3("https://nowhere.invalid"))).isEqualTo(1);
    assertThat(out.toString()).contains("FAIL  name           nowhere.invalid is not known");
  }

  @ParameterizedTest
  @CsvSource({
    "403, InvalidAccessKeyId, storage.access_key_id",
    "403, SignatureDoesNotMatch, storage.secret_access_key",
    "404, NoSuchBucket, there is no bucket \"streaminfa-media\"",
    "400, AuthorizationHeaderMalformed, storage.region"
  })
  void whatTheServiceRefusesIsNamed(int status, String code, String words) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          byte[] body = ("<Error><Code>" + code + "</Code></Error>").getBytes(UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      String endpoint = "http://127.0.0.1:" + server.getAddress().getPort();
      assertThat(doctor(s3(endpoint))).isEqualTo(1);
      assertThat(out.toString())
          .contains("ok    clock")
          .contains("FAIL  put 200 kB")
          .contains(words)
          .doesNotContain("hidden-secret");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void wrongSettingsAreTwo() throws Exception {
    assertThat(doctor("storage.backend = \"s4\"\n")).isEqualTo(2);
  }
}
