package io.streaminfa.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class WatchPageTest {
  private static final String PAGE = "/watch/01900000-0000-7000-8000-000000000001";
  private static final Pattern LINK = Pattern.compile("(?:src|href)=\"([^\"]*)\"");

  private static Vertx vertx;
  private static HttpServer server;
  private static HttpClient client;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
    Router router = Router.router(vertx);
    new WatchPage().mount(router);
    server = vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1").await();
    client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  @AfterAll
  static void stop() {
    vertx.close().await();
    client.close();
  }

  private static HttpResponse<byte[]> send(String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static List<String> links(HttpResponse<byte[]> page) {
    return LINK.matcher(new String(page.body(), UTF_8))
        .results()
        .map((MatchResult link) -> link.group(1))
        .toList();
  }

  @Test
  void thePageMayLoadFromThisHostOnly() throws Exception {
    HttpResponse<byte[]> page = send("GET", PAGE);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(header(page, "content-type")).isEqualTo("text/html; charset=utf-8");
    assertThat(header(page, "cache-control")).isEqualTo("no-cache");
    assertThat(header(page, "content-security-policy"))
        .contains("default-src 'none'", "media-src 'self' blob:", "worker-src blob:")
        .doesNotContain("unsafe");
    assertThat(links(page)).hasSize(5).allMatch(link -> link.startsWith("/watch/assets/"));
  }

  @Test
  void everyFileOfThePageIsThereAndMayBeKeptForEver() throws Exception {
    for (String link : links(send("GET", PAGE))) {
      HttpResponse<byte[]> plain = send("GET", link);
      HttpResponse<byte[]> gzip = send("GET", link, "Accept-Encoding", "gzip");
      assertThat(plain.statusCode()).as(link).isEqualTo(200);
      assertThat(header(plain, "cache-control")).contains("immutable");
      assertThat(header(plain, "content-type")).matches("(text/(javascript|css)|image/svg).*");
      assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes())
          .isEqualTo(plain.body());
      assertThat(send("GET", link, "If-None-Match", header(plain, "etag")).statusCode())
          .isEqualTo(304);
      assertThat(header(send("HEAD", link), "content-length"))
          .isEqualTo(header(plain, "content-length"));
    }
  }

  @Test
  void theRealHlsJsIsAmongThem() throws Exception {
    String script =
        links(send("GET", PAGE)).stream()
            .filter(link -> link.endsWith("/hls.js"))
            .findFirst()
            .orElseThrow();
    assertThat(send("GET", script).body())
        .asString(UTF_8)
        .contains("1.4.12")
        .hasSizeGreaterThan(100_000);
  }

  @Test
  void nothingElseIsBelow() throws Exception {
    assertThat(send("GET", "/watch/assets/x/watch.js").statusCode()).isEqualTo(404);
    assertThat(send("GET", "/watch/").statusCode()).isEqualTo(404);
    assertThat(send("POST", PAGE).statusCode()).isEqualTo(405);
  }
}
