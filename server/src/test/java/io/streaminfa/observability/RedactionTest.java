package io.streaminfa.observability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactionTest {
  private final Redaction redaction = new Redaction(List.of("configured-secret", "short"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          publish live/sk_4fJ-x_9 refused              | publish live/sk_*** refused
          rtmp://host/live/sk_abc?x=1                  | rtmp://host/live/sk_***?x=1
          Authorization: Bearer abcDEF.123-_~+/==      | Authorization: Bearer ***
          authorization: basic dXNlcjpwYXNz            | authorization: basic ***
          GET /x?token=abc&n=1 HTTP/1.1                | GET /x?token=***&n=1 HTTP/1.1
          /x?a=1&X-Amz-Signature=0f0f&b=2              | /x?a=1&X-Amz-Signature=***&b=2
          /x?stream_key=abc                            | /x?stream_key=***
          /x?a=1&key=abc                               | /x?a=1&key=***
          secret_access_key=abc access_token=def       | secret_access_key=*** access_token=***
          http://user:pass@s3.example.com/b            | http://***@s3.example.com/b
          it has configured-secret in it               | it has *** in it
          {"m":"?key=abc","n":1}                       | {"m":"?key=***","n":1}
          """)
  void secretsAreTakenOut(String text, String redacted) {
    assertThat(redaction.redact(text)).isEqualTo(redacted);
  }

  @ParameterizedTest
  @CsvSource({
    "a short word",
    "bearer of news",
    "monkey=banana keyframe=2",
    "http://s3.example.com/a@b",
    "stream_id=0199 bytes=12",
    "put failed key=0199/high/000042.m4s"
  })
  void ordinaryTextStays(String text) {
    assertThat(redaction.redact(text)).isEqualTo(text);
  }

  @Test
  void withoutSecretsNothingIsLookedFor() {
    assertThat(new Redaction(List.of()).redact("text")).isEqualTo("text");
  }
}
