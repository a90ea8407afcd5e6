package io.streaminfa.delivery;

import static io.streaminfa.delivery.Origin.header;
import static io.streaminfa.delivery.Origin.random;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of objects. */
final class OriginRangesTest {
  private static final String SEGMENT = "vod/high/000001.m4s";
  private static final String LARGE = "vod/high/000002.m4s";
  private static final byte[] MEDIA = random(100_000);
  private static final byte[] LARGE_MEDIA = random(ObjectSource.LARGE_BYTES + 1000);

  private static Origin origin;

  @BeforeAll
  static void start() throws Exception {
    origin = new Origin();
    origin.put(SEGMENT, MEDIA);
    origin.put(LARGE, LARGE_MEDIA);
    origin.put("vod/high/000000.m4s", new byte[0]);
  }

  @AfterAll
  static void stop() {
    origin.close();
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
}
