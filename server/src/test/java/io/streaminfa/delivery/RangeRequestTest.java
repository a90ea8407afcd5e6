package io.streaminfa.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.delivery.RangeRequest.Slice;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RangeRequestTest {
  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 0",
    "bytes=0-99, 0, 99",
    "bytes=500-, 500, 999",
    "bytes=999-999, 999, 999",
    "bytes=10-4000, 10, 999",
    "bytes=-10, 990, 999",
    "bytes=-1, 999, 999",
    "bytes=-4000, 0, 999",
    "BYTES=0-1, 0, 1",
    "bytes=0-99999999999999999999999, 0, 999",
    "bytes=00000000000000000000000-1, 0, 1",
    "'bytes= 1-2 ', 1, 2"
  })
  void aRangeOfAThousandBytes(String field, long first, long last) {
    assertThat(RangeRequest.parse(field).orElseThrow().within(1000))
        .contains(new Slice(first, last));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=1000-",
        "bytes=1000-1005",
        "bytes=-0",
        "bytes=9999999999999999999999-",
        "bytes=9223372036854775807-"
      })
  void aRangeBeyondTheEndIsUnsatisfiable(String field) {
    assertThat(RangeRequest.parse(field).orElseThrow().within(1000)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=0-", "bytes=0-0", "bytes=-5"})
  void anEmptyObjectHasNoRange(String field) {
    assertThat(RangeRequest.parse(field).orElseThrow().within(0)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-2",
        "items=0-5",
        "bytes=abc",
        "bytes=--5",
        "bytes=1-2-3",
        "bytes=0-9,20-29",
        "bytes=0-9,",
        "bytes=0x0-5",
        "bytes=+1-5",
        "bytes=1 - 2",
        "bytes=\u0661-"
      })
  void whatIsMalformedOrSeveralIsIgnored(String field) {
    assertThat(RangeRequest.parse(field)).isEqualTo(Optional.empty());
  }
}
