package io.streaminfa.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streaminfa.packager.PublishedPlaylist;
import io.streaminfa.storage.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OriginHandlerTest {
  private static final String LIVE = "no-cache, no-store";
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
    put(SEGMENT, MEDIA);
    put(LARGE, LARGE_MEDIA);
    put("vod/high/init.mp4", random(700));
    put("vod/high/000000.m4s", new byte[0]);
    put(PLAYLIST, VOD_TEXT.getBytes(UTF_8));
    put("vod/master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:\nhigh/media.m3u8\n".getBytes(UTF_8));
    put("open/master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:\nhigh/media.m3u8\n".getBytes(UTF_8));
    put("open/high/media.m3u8", "#EXTM3U\n#EXTINF:6,\n000001.m4s\n".getBytes(UTF_8));
    put("vod/metadata.json", "{}".getBytes(UTF_8));
    put("vod/source.mov", "secret".getBytes(UTF_8));
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

  private static void put(String key, byte[] data) throws Exception {
    origin.store.put(new ObjectKey(key), ByteBuffer.wrap(data));
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
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

  private static String header(HttpResponse<?> response, String name) {
    return String.join("|", response.headers().allValues(name));
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
    "bytes=0-0, 0, 1", "bytes=0-99, 0, 100", "bytes=50000-, 50000, 100000",
    "bytes=-10, 99990, 100000", "bytes=10-400000, 10, 100000", "bytes=-400000, 0, 100000"
  })
  void aRangeIsAPart(String range, int from, int to) throws Exception {
    HttpResponse<byte[]> response = origin.get(SEGMENT, "Range", range);
    assertThat(response.statusCode()).isEqualTo(206);
    assertThat(response.body()).isEqualTo(Arrays.copyOfRange(MEDIA, from, to));
    assertThat(header(response, "content-range"))
        .isEqualTo("bytes " + from + "-" + (to - 1) + "/100000");
    assertThat(header(response, "accept-ranges")).isEqualTo("bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=5-2", "items=0-5", "bytes=abc", "bytes=--5", "bytes=0-9,20-29"})
  void aRangeThatCannotBeServedAsOneIsIgnored(String range) throws Exception {
    assertThat(origin.get(SEGMENT, "Range", range).statusCode()).isEqualTo(200);
    assertThat(origin.get(LARGE, "Range", range).body()).hasSize(LARGE_MEDIA.length);
  }

  @ParameterizedTest
  @CsvSource({
    "vod/high/000001.m4s, bytes=100000-100005, bytes */100000",
    "vod/high/000001.m4s, bytes=9999999999999999999999-, bytes */100000",
    "vod/high/000002.m4s, bytes=16778216-, bytes */16778216",
    "vod/high/000000.m4s, bytes=0-0, bytes */0"
  })
  void aRangeBehindTheEndIsNotSatisfiable(String key, String range, String contentRange)
      throws Exception {
    HttpResponse<byte[]> response = origin.get(key, "Range", range);
    assertThat(response.statusCode()).isEqualTo(416);
    assertThat(header(response, "content-range")).isEqualTo(contentRange);
    assertThat(header(response, "cache-control")).isEqualTo("no-store");
  }

  @Test
  void aRangeOfAnotherVersionIsAnsweredWithTheWholeOfThisOne() throws Exception {
    String etag = header(origin.get(SEGMENT), "etag");
    for (String stale : List.of("\"nonsense\"", "Sat, 29 Oct 1994 19:43:31 GMT")) {
      assertThat(origin.get(SEGMENT, "Range", "bytes=0-9", "If-Range", stale).statusCode())
          .isEqualTo(200);
    }
    assertThat(origin.get(SEGMENT, "Range", "bytes=0-9", "If-Range", etag).statusCode())
        .isEqualTo(206);
  }

  @Test
  void aRangeOfALargeObjectIsReadAsARange() throws Exception {
    HttpResponse<byte[]> response = origin.get(LARGE, "Range", "bytes=1000-1999");
    assertThat(response.statusCode()).isEqualTo(206);
    assertThat(response.body()).isEqualTo(Arrays.copyOfRange(LARGE_MEDIA, 1000, 2000));
    HttpResponse<byte[]> rest = origin.get(LARGE, "Range", "bytes=0-");
    assertThat(rest.body()).as("one read is bounded").hasSize(ObjectSource.LARGE_BYTES);
    assertThat(header(rest, "content-range")).startsWith("bytes 0-16777215/16778216");
    assertThat(header(rest, "etag")).isEqualTo(header(origin.get(LARGE), "etag"));
    assertThat(
            origin.get(LARGE, "Range", "bytes=0-9", "If-Range", header(rest, "etag")).statusCode())
        .isEqualTo(206);
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
    put(key.value(), VOD_TEXT.getBytes(UTF_8));
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
    put("grow/high/media.m3u8", "#EXTM3U\none\n".getBytes(UTF_8));
    assertThat(origin.get("grow/high/media.m3u8").body()).asString(UTF_8).contains("one");
    put("grow/high/media.m3u8", "#EXTM3U\ntwo\n#EXT-X-ENDLIST\n".getBytes(UTF_8));
    assertThat(origin.get("grow/high/media.m3u8").body()).asString(UTF_8).contains("two");
    put("grow/high/media.m3u8", VOD_TEXT.getBytes(UTF_8));
    HttpResponse<byte[]> last = origin.get("grow/high/media.m3u8");
    assertThat(last.body()).asString(UTF_8).isEqualTo(VOD_TEXT);
    assertThat(header(last, "cache-control")).isEqualTo(VOD);
  }

  @Test
  void aPurgedStreamIsGone() throws Exception {
    put("purge/high/000001.m4s", MEDIA);
    put("purge2/high/000001.m4s", MEDIA);
    assertThat(origin.get("purge/high/000001.m4s").statusCode()).isEqualTo(200);
    assertThat(origin.get("purge2/high/000001.m4s").statusCode()).isEqualTo(200);
    origin.store.deletePrefix("purge/");
    origin.store.deletePrefix("purge2/");
    origin.handler.purge("purge/");
    assertThat(origin.get("purge/high/000001.m4s").statusCode()).isEqualTo(404);
    assertThat(origin.get("purge2/high/000001.m4s").statusCode()).as("cached").isEqualTo(200);
  }

  @Test
  void anyOriginMayAskForRanges() throws Exception {
    HttpResponse<byte[]> preflight =
        origin.send(
            "OPTIONS",
            SEGMENT,
            "Origin",
            "https://viewer.example",
            "Access-Control-Request-Method",
            "GET",
            "Access-Control-Request-Headers",
            "range");
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(header(preflight, "access-control-allow-origin")).isEqualTo("*");
    assertThat(header(preflight, "access-control-allow-headers")).contains("Range");
    assertThat(header(preflight, "access-control-allow-methods")).contains("GET");
    assertThat(header(preflight, "access-control-max-age")).isEqualTo("86400");
    HttpResponse<byte[]> response = origin.get(SEGMENT, "Origin", "https://viewer.example");
    assertThat(header(response, "access-control-allow-origin")).isEqualTo("*");
    assertThat(header(response, "access-control-expose-headers"))
        .contains("Content-Length", "Content-Range", "ETag");
    assertThat(header(response, "vary")).isEmpty();
  }

  @Test
  void onlyTheOriginsThatAreNamedAreLetIn() throws Exception {
    DeliverySettings named = new DeliverySettings(LIVE, VOD, List.of("https://a.example"));
    try (Origin strict = new Origin(named, Origin.CACHE, store -> store)) {
      strict.store.put(new ObjectKey(SEGMENT), ByteBuffer.wrap(MEDIA));
      HttpResponse<byte[]> friend = strict.get(SEGMENT, "Origin", "https://a.example");
      HttpResponse<byte[]> stranger = strict.get(SEGMENT, "Origin", "https://b.example");
      HttpResponse<byte[]> nobody = strict.get(SEGMENT);
      assertThat(header(friend, "access-control-allow-origin")).isEqualTo("https://a.example");
      assertThat(header(stranger, "access-control-allow-origin")).isEmpty();
      for (HttpResponse<byte[]> response : List.of(friend, stranger, nobody)) {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "vary")).containsIgnoringCase("origin");
      }
    }
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
