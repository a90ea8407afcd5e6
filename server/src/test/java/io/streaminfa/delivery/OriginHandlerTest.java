package io.streaminfa.delivery;

import static io.streaminfa.delivery.Origin.header;
import static io.streaminfa.delivery.Origin.random;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streaminfa.packager.PublishedPlaylist;
import io.streaminfa.storage.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OriginHandlerTest {
  private static final String VOD = "public, max-age=86400";
  private static final String SEGMENT = "vod/high/000001.m4s";
  private static final String PLAYLIST = "vod/high/media.m3u8";
  private static final String LARGE = "vod/high/000002.m4s";
  private static final byte[] MEDIA = random(100_000);
  private static final byte[] LARGE_MEDIA = random(ObjectSource.LARGE_BYTES + 1000);
  private static final String VOD_TEXT =
      "#EXTM3U\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:6,\n000001.m4s\n".repeat(40) + "#EXT-X-ENDLIST\n";

  private static Origin origin;

  @BeforeAll
  static void start() throws Exception {
    origin = new Origin();
    origin.put(SEGMENT, MEDIA);
    origin.put(LARGE, LARGE_MEDIA);
    origin.put("vod/high/init.mp4", random(700));
    origin.put("vod/high/000000.m4s", new byte[0]);
    origin.put(PLAYLIST, VOD_TEXT.getBytes(UTF_8));
    origin.put("vod/master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:\nhigh/media.m3u8\n".getBytes(UTF_8));
    origin.put(
        "open/master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:\nhigh/media.m3u8\n".getBytes(UTF_8));
    origin.put("open/high/media.m3u8", "#EXTM3U\n#EXTINF:6,\n000001.m4s\n".getBytes(UTF_8));
    origin.put("vod/metadata.json", "{}".getBytes(UTF_8));
    origin.put("vod/source.mov", "secret".getBytes(UTF_8));
    origin.live.playlists.put(
        new ObjectKey("live/high/media.m3u8"), published("#EXTM3U\nlive\n", "v1", false));
    origin.live.playlists.put(
        new ObjectKey("over/high/media.m3u8"), published("#EXTM3U\nover\n", "v2", true));
    origin.live.media.put(new ObjectKey("live/high/000007.m4s"), ByteBuffer.wrap(MEDIA));
  }

  @AfterAll
  static void stop() {
    origin.close();
  }

  private static PublishedPlaylist published(String text, String etag, boolean isFinal)
      throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return new PublishedPlaylist(
        ByteBuffer.wrap(text.getBytes(UTF_8)), ByteBuffer.wrap(out.toByteArray()), etag, isFinal);
  }

  @ParameterizedTest
  @CsvSource({
    "vod/high/000001.m4s, video/iso.segment, 'public, max-age=86400'",
    "vod/high/init.mp4, video/mp4, 'public, max-age=86400'",
    "live/high/000007.m4s, video/iso.segment, 'public, max-age=86400'",
    "vod/high/000000.m4s, video/iso.segment, 'public, max-age=86400'",
    "vod/high/media.m3u8, application/vnd.apple.mpegurl, 'public, max-age=86400'",
    "vod/master.m3u8, application/vnd.apple.mpegurl, 'public, max-age=86400'",
    "over/high/media.m3u8, application/vnd.apple.mpegurl, 'public, max-age=86400'",
    "open/master.m3u8, application/vnd.apple.mpegurl, 'no-cache, no-store'",
    "open/high/media.m3u8, application/vnd.apple.mpegurl, 'no-cache, no-store'",
    "live/high/media.m3u8, application/vnd.apple.mpegurl, 'no-cache, no-store'",
    "vod/metadata.json, application/json, 'no-cache, no-store'"
  })
  void typeAndCachePolicyFollowFromTheObject(String key, String type, String cacheControl)
      throws Exception {
    HttpResponse<byte[]> cold = origin.get(key);
    HttpResponse<byte[]> warm = origin.get(key);
    for (HttpResponse<byte[]> response : List.of(cold, warm)) {
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(header(response, "content-type")).isEqualTo(type);
      assertThat(header(response, "cache-control")).isEqualTo(cacheControl);
      assertThat(header(response, "etag")).matches("\"[^\"]+\"");
      assertThat(header(response, "content-length")).isEqualTo("" + response.body().length);
      assertThat(header(response, "x-content-type-options")).isEqualTo("nosniff");
    }
    assertThat(header(warm, "etag")).isEqualTo(header(cold, "etag"));
    assertThat(warm.body()).isEqualTo(cold.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        SEGMENT,
        LARGE,
        PLAYLIST,
        "live/high/media.m3u8",
        "live/high/000007.m4s",
        "vod/missing.m4s"
      })
  void headAnswersAsGetWithoutTheBody(String key) throws Exception {
    HttpResponse<byte[]> head = origin.send("HEAD", key, "Accept-Encoding", "gzip");
    HttpResponse<byte[]> get = origin.get(key, "Accept-Encoding", "gzip");
    assertThat(head.statusCode()).isEqualTo(get.statusCode());
    assertThat(head.headers().map()).isEqualTo(get.headers().map());
    assertThat(head.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAYLIST, "live/high/media.m3u8"})
  void playlistsAreCompressedForThoseWhoTakeIt(String key) throws Exception {
    HttpResponse<byte[]> plain = origin.get(key);
    HttpResponse<byte[]> gzip = origin.get(key, "Accept-Encoding", "br;q=1, gzip;q=0.8");
    HttpResponse<byte[]> refused = origin.get(key, "Accept-Encoding", "gzip;q=0, identity");
    assertThat(header(gzip, "content-encoding")).isEqualTo("gzip");
    assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes())
        .isEqualTo(plain.body());
    for (HttpResponse<byte[]> response : List.of(plain, refused)) {
      assertThat(header(response, "content-encoding")).isEmpty();
    }
    for (HttpResponse<byte[]> response : List.of(plain, refused, gzip)) {
      assertThat(header(response, "vary")).containsIgnoringCase("accept-encoding");
    }
    assertThat(header(gzip, "etag")).isNotEqualTo(header(plain, "etag"));
    assertThat(
            origin
                .get(key, "Accept-Encoding", "gzip", "If-None-Match", header(gzip, "etag"))
                .statusCode())
        .isEqualTo(304);
  }

  @Test
  void anEncodedBodyHasNoRanges() throws Exception {
    HttpResponse<byte[]> response =
        origin.get(PLAYLIST, "Accept-Encoding", "gzip", "Range", "bytes=0-4");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "content-encoding")).isEqualTo("gzip");
  }

  @Test
  void mediaIsNeverCompressed() throws Exception {
    HttpResponse<byte[]> response = origin.get(SEGMENT, "Accept-Encoding", "gzip");
    assertThat(header(response, "content-encoding")).isEmpty();
    assertThat(response.body()).isEqualTo(MEDIA);
  }

  @ParameterizedTest
  @ValueSource(strings = {SEGMENT, PLAYLIST, "live/high/media.m3u8", LARGE})
  void whatTheClientHasIsNotSentAgain(String key) throws Exception {
    HttpResponse<byte[]> full = origin.get(key);
    String etag = header(full, "etag");
    for (String field : List.of(etag, "\"nonsense\", " + etag, "W/" + etag, "*")) {
      HttpResponse<byte[]> response = origin.get(key, "If-None-Match", field);
      assertThat(response.statusCode()).as(field).isEqualTo(304);
      assertThat(response.body()).isEmpty();
      assertThat(header(response, "etag")).isEqualTo(etag);
      assertThat(header(response, "cache-control")).isEqualTo(header(full, "cache-control"));
      assertThat(header(response, "vary")).isEqualTo(header(full, "vary"));
    }
    assertThat(origin.get(key, "If-None-Match", "\"nonsense\"").statusCode()).isEqualTo(200);
    assertThat(origin.get(key, "If-Match", "\"nonsense\"").statusCode()).isEqualTo(412);
  }

  @ParameterizedTest
  @CsvSource({
    "vod/high/999999.m4s, 404, object_not_found",
    "none/master.m3u8, 404, object_not_found",
    "vod/source.mov, 404, object_not_found",
    "gone/master.m3u8, 410, stream_deleted",
    "vod, 400, invalid_key",
    "'', 400, invalid_key",
    "vod/%2e%2e/x, 400, invalid_key",
    "vod/..%2f..%2fetc%2fpasswd, 400, invalid_key",
    "vod/%00, 400, invalid_key",
    "vod//x, 400, invalid_key"
  })
  void whatIsNotServedHasAReason(String key, int status, String code) throws Exception {
    origin.deleted.add("gone");
    HttpResponse<byte[]> response = origin.get(key);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(new String(response.body(), UTF_8))
        .contains("\"code\":\"" + code + "\"", "\"status\":" + status);
    assertThat(header(response, "content-type")).isEqualTo("application/problem+json");
    assertThat(header(response, "cache-control")).isEqualTo("no-store");
    assertThat(header(response, "access-control-allow-origin")).isEqualTo("*");
  }

  @Test
  void pathsThatClimbStayInside() throws Exception {
    for (String path : List.of("/../../../etc/passwd", "/....//....//etc/passwd", "/..%5c..%5c")) {
      String answer =
          origin.raw(
              "GET /streams/vod" + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertThat(answer).startsWith("HTTP/1.1 400");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
  void otherMethodsAreNotAllowed(String method) throws Exception {
    HttpResponse<byte[]> response = origin.send(method, SEGMENT);
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(header(response, "allow")).isEqualTo("GET, HEAD, OPTIONS");
  }

  @Test
  void aQueryIsIgnored() throws Exception {
    assertThat(origin.get(SEGMENT + "?token=x&_=1").body()).isEqualTo(MEDIA);
  }

  @Test
  void anOldClientIsServedAndTheConnectionClosed() throws Exception {
    String answer = origin.raw("GET /streams/" + PLAYLIST + " HTTP/1.0\r\n\r\n");
    assertThat(answer).matches("(?s)HTTP/1\\.[01] 200 .*").endsWith("#EXT-X-ENDLIST\n");
    assertThat(answer.toLowerCase(java.util.Locale.ROOT)).doesNotContain("transfer-encoding");
  }

  @Test
  void headSendsNoByteBehindItsHeader() throws Exception {
    String answer =
        origin.raw(
            "HEAD /streams/" + SEGMENT + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
    assertThat(answer).containsIgnoringCase("content-length: 100000");
  }

  @Test
  void thePackagersPlaylistGoesBeforeTheStoresCopy() throws Exception {
    ObjectKey key = new ObjectKey("turn/high/media.m3u8");
    origin.put(key.value(), VOD_TEXT.getBytes(UTF_8));
    assertThat(origin.get(key.value()).body()).asString(UTF_8).isEqualTo(VOD_TEXT);
    origin.live.playlists.put(key, published("#EXTM3U\nfirst\n", "t1", false));
    assertThat(origin.get(key.value()).body()).asString(UTF_8).contains("first");
    origin.live.playlists.put(key, published("#EXTM3U\nsecond\n", "t2", false));
    assertThat(origin.get(key.value()).body()).asString(UTF_8).contains("second");
    origin.live.playlists.remove(key);
    assertThat(origin.get(key.value()).body()).asString(UTF_8).isEqualTo(VOD_TEXT);
  }

  @Test
  void aStoredPlaylistThatStillGrowsIsNotKept() throws Exception {
    origin.put("grow/high/media.m3u8", "#EXTM3U\none\n".getBytes(UTF_8));
    assertThat(origin.get("grow/high/media.m3u8").body()).asString(UTF_8).contains("one");
    origin.put("grow/high/media.m3u8", "#EXTM3U\ntwo\n#EXT-X-ENDLIST\n".getBytes(UTF_8));
    assertThat(origin.get("grow/high/media.m3u8").body()).asString(UTF_8).contains("two");
    origin.put("grow/high/media.m3u8", VOD_TEXT.getBytes(UTF_8));
    HttpResponse<byte[]> last = origin.get("grow/high/media.m3u8");
    assertThat(last.body()).asString(UTF_8).isEqualTo(VOD_TEXT);
    assertThat(header(last, "cache-control")).isEqualTo(VOD);
  }

  @Test
  void aPurgedStreamIsGone() throws Exception {
    origin.put("purge/high/000001.m4s", MEDIA);
    origin.put("purge2/high/000001.m4s", MEDIA);
    assertThat(origin.get("purge/high/000001.m4s").statusCode()).isEqualTo(200);
    assertThat(origin.get("purge2/high/000001.m4s").statusCode()).isEqualTo(200);
    origin.store.deletePrefix("purge/");
    origin.store.deletePrefix("purge2/");
    origin.handler.purge("purge/");
    assertThat(origin.get("purge/high/000001.m4s").statusCode()).isEqualTo(404);
    assertThat(origin.get("purge2/high/000001.m4s").statusCode()).as("cached").isEqualTo(200);
  }

  @Test
  void requestsAndTheCacheAreCounted() throws Exception {
    CacheSettings cache = Origin.CACHE;
    try (Origin counted = new Origin(Origin.ANY_ORIGIN, cache, store -> store)) {
      counted.store.put(new ObjectKey(SEGMENT), ByteBuffer.wrap(MEDIA));
      assertThat(counted.get(SEGMENT).statusCode()).isEqualTo(200);
      assertThat(counted.get(SEGMENT).statusCode()).isEqualTo(200);
      assertThat(counted.get("x").statusCode()).isEqualTo(400);
      await()
          .untilAsserted(
              () ->
                  assertThat(counted.metrics().lines())
                      .contains(
                          "streaminfa_delivery_requests_total"
                              + "{object_type=\"segment\",status=\"200\"} 2.0",
                          "streaminfa_delivery_requests_total"
                              + "{object_type=\"unknown\",status=\"400\"} 1.0",
                          "streaminfa_cache_hits_total{object_type=\"segment\"} 1.0",
                          "streaminfa_cache_misses_total{object_type=\"segment\"} 1.0",
                          "streaminfa_cache_entries 1.0",
                          "streaminfa_cache_size_bytes 100512.0",
                          "streaminfa_delivery_active_connections 1.0"));
    }
  }
}
