package io.streaminfa.delivery;

import static io.streaminfa.delivery.Origin.header;
import static io.streaminfa.delivery.Origin.random;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which pages of other sites may read what is delivered. */
final class OriginCorsTest {
  private static final String SEGMENT = "vod/high/000001.m4s";
  private static final byte[] MEDIA = random(1000);

  @Test
  void anyOriginMayAskForRanges() throws Exception {
    try (Origin origin = new Origin()) {
      origin.put(SEGMENT, MEDIA);
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
  }

  @Test
  void onlyTheOriginsThatAreNamedAreLetIn() throws Exception {
    DeliverySettings named =
        new DeliverySettings("no-cache", "max-age=1", List.of("https://a.example"));
    try (Origin strict = new Origin(named, Origin.CACHE, store -> store)) {
      strict.put(SEGMENT, MEDIA);
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
}
