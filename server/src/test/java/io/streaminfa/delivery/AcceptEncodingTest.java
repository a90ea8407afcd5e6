package io.streaminfa.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AcceptEncodingTest {
  @ParameterizedTest
  @CsvSource({
    "gzip, true",
    "GZIP, true",
    "x-gzip, true",
    "'gzip, deflate, br', true",
    "'deflate;q=0.5 , gzip;q=0.1', true",
    "*, true",
    "'*;q=0.1', true",
    "'gzip;q=1.000', true",
    "'gzip ; q=0.5', true",
    "'br, *', true",
    "'gzip, identity', true",
    "'identity;q=0.5, gzip;q=0.5', true",
    "'identity;q=0, gzip;q=0.1', true",
    "'', false",
    "identity, false",
    "br, false",
    "'gzip;q=0', false",
    "'gzip;q=0.000', false",
    "'gzip;q=0, identity', false",
    "'*, gzip;q=0', false",
    "'gzip;q=0, *', false",
    "'*;q=0', false",
    "'identity;q=1, gzip;q=0.5', false",
    "'gzip;q=2', false",
    "'gzip;q=-1', false",
    "'gzip;q=abc', false",
    "gzipped, false"
  })
  void gzipIsChosenWhereItIsAcceptedAndNotLessThanNone(String field, boolean gzip) {
    assertThat(AcceptEncoding.prefersGzip(field)).isEqualTo(gzip);
  }
}
